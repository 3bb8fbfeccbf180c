import { hash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { expect, test } from "vitest";
import { s3Failure } from "./answers/error-answer.ts";
import { lookupLoopback } from "./lookup-loopback.ts";
import { ask, askSigned } from "./testing/ask.ts";
import { startTestS3 } from "./test-s3.ts";

test("an object has its headers, and its checksums where they are asked for", async () => {
  await using s3 = await startTestS3();
  s3.bucket("models", { versioned: true });
  const { etag, versionId } = s3.putObject("models", "a.gguf", "weights", { checksums: ["sha256"] });
  expect(etag).toBe(`"${hash("md5", "weights")}"`);
  const url = s3.url("models", "a.gguf");
  const plain = await askSigned(s3, url, { method: "HEAD" });
  expect(plain).toMatchObject({ status: 200, headers: { etag, "x-amz-version-id": versionId, "content-length": "7" } });
  expect(plain.headers).not.toHaveProperty("x-amz-checksum-sha256");
  const checked = await askSigned(s3, url, { method: "HEAD", headers: { "x-amz-checksum-mode": "ENABLED" } });
  expect(checked.headers).toMatchObject({
    "x-amz-checksum-sha256": hash("sha256", "weights", "base64"),
    "x-amz-checksum-type": "FULL_OBJECT",
  });
});

test("what came in parts has an ETag and a checksum with their number, and can be had by parts", async () => {
  await using s3 = await startTestS3();
  s3.bucket("models");
  const { etag } = s3.putObject(
    "models",
    "a",
    { sizeBytes: 10, seed: 1 },
    { multipart: { partBytes: 4 }, checksums: ["sha256"] },
  );
  expect(etag).toMatch(/^"[0-9a-f]{32}-3"$/);
  const url = s3.url("models", "a");
  const { headers } = await askSigned(s3, url, { method: "HEAD", headers: { "x-amz-checksum-mode": "ENABLED" } });
  expect(headers["x-amz-checksum-sha256"]).toMatch(/=-3$/);
  expect(headers["x-amz-checksum-type"]).toBe("COMPOSITE");
  expect(await askSigned(s3, `${url}?partNumber=3`, { method: "HEAD" })).toMatchObject({
    status: 206,
    headers: { "content-length": "2", "content-range": "bytes 8-9/10", "x-amz-mp-parts-count": "3" },
  });
});

test("conditions and ranges", async () => {
  await using s3 = await startTestS3();
  s3.bucket("models");
  const { etag } = s3.putObject("models", "a", "0123456789");
  const url = s3.url("models", "a");
  expect(await askSigned(s3, url, { headers: { "if-match": etag ?? "", range: "bytes=2-3" } })).toMatchObject({
    status: 206,
    body: "23",
    headers: { "content-range": "bytes 2-3/10" },
  });
  expect(await askSigned(s3, url, { method: "HEAD", headers: { range: "bytes=2-3" } })).toMatchObject({
    status: 206,
    headers: { "content-length": "2", "content-range": "bytes 2-3/10" },
  });
  s3.putObject("models", "a", "other bytes");
  expect(await askSigned(s3, url, { headers: { "if-match": etag ?? "" } })).toMatchObject({
    status: 412,
    code: "PreconditionFailed",
  });
  expect(await askSigned(s3, url, { headers: { range: "bytes=99-" } })).toMatchObject({
    status: 416,
    code: "InvalidRange",
  });
});

test("versions, and what is left of deleted ones", async () => {
  await using s3 = await startTestS3();
  s3.bucket("models", { versioned: true });
  const { versionId: first } = s3.putObject("models", "a", "one");
  s3.putObject("models", "a", "two");
  const { versionId: marker } = s3.deleteObject("models", "a");
  const url = s3.url("models", "a");
  expect(await askSigned(s3, `${url}?versionId=${first}`)).toMatchObject({ status: 200, body: "one" });
  expect(await askSigned(s3, `${url}?versionId=none`)).toMatchObject({ status: 404, code: "NoSuchVersion" });
  const gone = { "x-amz-delete-marker": "true" };
  expect(await askSigned(s3, url)).toMatchObject({ status: 404, code: "NoSuchKey", headers: gone });
  expect(await askSigned(s3, `${url}?versionId=${marker}`)).toMatchObject({ status: 405, headers: gone });
  s3.deleteObject("models", "a", { versionId: marker ?? "" });
  expect(await askSigned(s3, url)).toMatchObject({ status: 200, body: "two" });
});

test("who may have what", async () => {
  await using s3 = await startTestS3();
  s3.bucket("private");
  s3.bucket("public", { public: true });
  s3.bucket("paid", { requesterPays: true });
  s3.bucket("unlisted", { mayList: false });
  for (const name of ["private", "public", "paid", "unlisted"]) s3.putObject(name, "a", name);
  s3.putObject("private", "shown", "to all", { public: true });
  expect(await ask(s3.url("private", "a"))).toMatchObject({ status: 403, code: "AccessDenied" });
  expect(await ask(s3.url("private", "shown"))).toMatchObject({ status: 200, body: "to all" });
  expect(await ask(s3.url("public", "a"))).toMatchObject({ status: 200, body: "public" });
  expect(await ask(s3.url("public", "none"))).toMatchObject({ status: 404, code: "NoSuchKey" });
  expect(await askSigned(s3, s3.url("paid", "a"))).toMatchObject({ status: 403, code: "AccessDenied" });
  const payer = { headers: { "x-amz-request-payer": "requester" } };
  expect(await askSigned(s3, s3.url("paid", "a"), payer)).toMatchObject({ status: 200, body: "paid" });
  expect(await askSigned(s3, s3.url("unlisted", "none"))).toMatchObject({ status: 403, code: "AccessDenied" });
  expect(await askSigned(s3, s3.url("unlisted", "a"))).toMatchObject({ status: 200 });
  expect(await askSigned(s3, `${s3.origin}/nowhere/a`)).toMatchObject({ status: 404, code: "NoSuchBucket" });
  expect(await askSigned(s3, `${s3.origin}/private/none`, { method: "HEAD" })).toMatchObject({ status: 404, body: "" });
});

test("what is archived or encrypted cannot be had", async () => {
  await using s3 = await startTestS3();
  s3.bucket("models");
  s3.putObject("models", "cold", "x", { storageClass: "GLACIER" });
  s3.putObject("models", "warm", "x", { storageClass: "GLACIER", restored: true });
  s3.putObject("models", "theirs", "x", { customerKey: true });
  const url = s3.url("models", "cold");
  expect(await askSigned(s3, url)).toMatchObject({ status: 403, code: "InvalidObjectState" });
  expect(await askSigned(s3, url, { method: "HEAD" })).toMatchObject({ headers: { "x-amz-storage-class": "GLACIER" } });
  expect(await askSigned(s3, s3.url("models", "warm"))).toMatchObject({ status: 200 });
  expect(await askSigned(s3, s3.url("models", "theirs"))).toMatchObject({ status: 400, code: "InvalidRequest" });
});

test("a bucket is found by the host as well", async () => {
  await using s3 = await startTestS3();
  s3.bucket("my.models");
  s3.putObject("my.models", "a/b", "weights");
  for (const host of ["localhost", "s3.test", "s3.localhost", "s3.us-east-1.amazonaws.com"]) {
    const found = await askSigned(s3, `http://my.models.${host}:${s3.port}/a/b`);
    expect(found).toMatchObject({ status: 200, body: "weights" });
    expect(await askSigned(s3, `http://${host}:${s3.port}/my.models/a/b`)).toMatchObject({ status: 200 });
  }
});

test("with TLS it is all the same", async () => {
  await using s3 = await startTestS3({ tls: true });
  s3.bucket("models", { public: true });
  s3.putObject("models", "a", "weights");
  const agent = new Agent({ ...(s3.ca !== undefined && { ca: s3.ca }), lookup: lookupLoopback });
  for (const url of [s3.url("models", "a"), `https://models.s3.test:${s3.port}/a`]) {
    const [response] = (await once(request(url, { agent }).end(), "response")) as [IncomingMessage];
    expect((await response.toArray()).join("")).toBe("weights");
  }
  agent.destroy();
});

test("another region's bucket is named, and served there", async () => {
  await using s3 = await startTestS3({ regions: ["us-east-1", "eu-west-1"] });
  s3.bucket("theirs", { region: "eu-west-1" });
  s3.bucket("moving", { region: "eu-west-1", redirect: "temporary" });
  for (const name of ["theirs", "moving"]) s3.putObject(name, "a", "weights");
  const europe = s3.endpoint("eu-west-1");
  const redirected = await askSigned(s3, `${s3.origin}/theirs/a`);
  expect(redirected).toMatchObject({
    status: 301,
    code: "PermanentRedirect",
    headers: { "x-amz-bucket-region": "eu-west-1" },
  });
  expect(redirected.body).toContain(`<Endpoint>127.0.0.1:${europe.port}</Endpoint>`);
  expect(redirected.headers).not.toHaveProperty("location");
  expect(await askSigned(s3, `${s3.origin}/theirs/a`, { method: "HEAD" })).toMatchObject({ status: 301, body: "" });
  const { status, headers } = await askSigned(s3, `${s3.origin}/moving/a?versionId=null`);
  expect([status, headers["location"]]).toEqual([307, `${europe.origin}/moving/a?versionId=null`]);
  expect(await askSigned(s3, `${europe.origin}/theirs/a`, { region: "eu-west-1" })).toMatchObject({ body: "weights" });
  expect(s3.requests).toHaveLength(4);
});

test("all that the fault server knows goes wrong with objects, and errors of S3 do", async () => {
  await using s3 = await startTestS3();
  s3.bucket("models", { public: true });
  s3.putObject("models", "a", "0123456789");
  s3.inject({ ...s3Failure("SlowDown", { "Retry-After": "1" }), times: 1 });
  s3.inject({ kind: "content-range", from: 7, when: ({ range }) => range !== undefined });
  const url = s3.url("models", "a");
  expect(await ask(url)).toMatchObject({ status: 503, code: "SlowDown", headers: { "retry-after": "1" } });
  expect((await ask(url, { range: "bytes=0-3" })).headers["content-range"]).toBe("bytes 7-3/10");
  s3.inject({ kind: "cut", afterBytes: 4 });
  await expect(ask(url)).rejects.toThrow("aborted");
  expect(s3.requests.map(({ status }) => status)).toEqual([503, 206, 200]);
});
