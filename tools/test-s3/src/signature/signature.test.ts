import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { presignedUrl, signedHeaders } from "./sign.ts";
import { ask, askSigned } from "../testing/ask.ts";
import { startTestS3, type TestS3 } from "../test-s3.ts";
import { randomKey } from "./access-key.ts";
import { signatureOf } from "./canonical-request.ts";

async function s3WithObject(): Promise<TestS3> {
  const s3 = await startTestS3();
  s3.bucket("models");
  s3.putObject("models", "a b/ü+(1).gguf", "weights");
  return s3;
}

const key = "a b/ü+(1).gguf";

test("the key is derived as AWS's example has it", () => {
  // From "Authenticating requests: using query parameters" of the S3 API reference.
  const text = [
    "AWS4-HMAC-SHA256",
    "20130524T000000Z",
    "20130524/us-east-1/s3/aws4_request",
    "3bfa292879f6447bbcda7001decf97f4a54dc650c8942174ae0a9121cf58ad04",
  ].join("\n");
  const secret = ["wJalrXUtnFEMI", "K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");
  expect(signatureOf(text, secret, { date: "20130524", region: "us-east-1" })).toBe(
    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

test("a request that is signed well is answered", async () => {
  await using s3 = await s3WithObject();
  expect(await askSigned(s3, s3.url("models", key))).toMatchObject({ status: 200, body: "weights" });
});

test("a wrong secret, an unknown key and another region are told apart", async () => {
  await using s3 = await s3WithObject();
  const url = s3.url("models", key);
  const others = { ...s3.credentials, secretAccessKey: randomKey().secretAccessKey };
  expect(await askSigned(s3, url, { key: others })).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
  expect(await askSigned(s3, url, { key: randomKey() })).toMatchObject({ status: 403, code: "InvalidAccessKeyId" });
  expect(await askSigned(s3, url, { region: "eu-west-1" })).toMatchObject({
    status: 400,
    code: "AuthorizationHeaderMalformed",
    body: expect.stringContaining("<Region>us-east-1</Region>"),
  });
});

test("what is signed must be what is sent", async () => {
  await using s3 = await s3WithObject();
  const url = s3.url("models", key);
  const headers = signedHeaders(url, { key: s3.credentials });
  const { "x-amz-content-sha256": _, ...noPayload } = headers;
  expect(await ask(`${url}?versionId=null`, headers)).toMatchObject({ code: "SignatureDoesNotMatch" });
  expect(await ask(url, headers, "HEAD")).toMatchObject({ status: 403, body: "" });
  expect(await ask(url, { ...headers, host: "localhost" })).toMatchObject({ code: "SignatureDoesNotMatch" });
  expect(await ask(url, { ...headers, "x-amz-checksum-mode": "ENABLED" })).toMatchObject({ code: "AccessDenied" });
  expect(await ask(url, noPayload)).toMatchObject({ code: "InvalidRequest" });
  expect(await ask(url.replace("%2B", "+"), headers)).toMatchObject({ code: "SignatureDoesNotMatch" });
});

test("a clock that is off by more than fifteen minutes is refused, and the answer has the server's time", async () => {
  await using s3 = await s3WithObject();
  const now = Date.UTC(2030, 0, 1, 12);
  s3.setClock(now);
  const url = s3.url("models", key);
  expect(await askSigned(s3, url, { at: new Date(now - 900_000) })).toMatchObject({ status: 200 });
  expect(await askSigned(s3, url, { at: new Date(now - 901_000) })).toMatchObject({
    status: 403,
    code: "RequestTimeTooSkewed",
    headers: { date: new Date(now).toUTCString() },
  });
});

test("a temporary key needs its token, and ends", async () => {
  await using s3 = await s3WithObject();
  const url = s3.url("models", key);
  const temporary = { ...randomKey(), sessionToken: "token" };
  const { sessionToken: _, ...withoutToken } = temporary;
  s3.addKey(temporary);
  expect(await askSigned(s3, url, { key: temporary })).toMatchObject({ status: 200 });
  expect(await askSigned(s3, url, { key: withoutToken })).toMatchObject({ code: "InvalidAccessKeyId" });
  expect(await askSigned(s3, url, { key: { ...temporary, sessionToken: "other" } })).toMatchObject({
    status: 403,
    code: "InvalidToken",
  });
  s3.addKey({ ...temporary, expired: true });
  expect(await askSigned(s3, url, { key: temporary })).toMatchObject({ status: 400, code: "ExpiredToken" });
});

test("a presigned URL holds until it expires", async () => {
  await using s3 = await s3WithObject();
  const at = new Date(Date.UTC(2030, 0, 1, 12));
  const url = presignedUrl(s3.url("models", key), { key: s3.credentials, at, expiresInSeconds: 60 });
  s3.setClock(at.getTime() + 60_000);
  expect(await ask(url, { range: "bytes=0-3" })).toMatchObject({ status: 206, body: "weig" });
  expect(await ask(url.replace("Expires=60", "Expires=90"))).toMatchObject({ code: "SignatureDoesNotMatch" });
  expect(await ask(url, { "x-amz-checksum-mode": "ENABLED" })).toMatchObject({ code: "AccessDenied" });
  s3.setClock(at.getTime() + 61_000);
  const expired = await ask(url);
  expect(expired).toMatchObject({ status: 403, code: "AccessDenied" });
  expect(expired.body).toContain("<Message>Request has expired</Message>");
});

// Not every machine has it; what it shows is shown by the published example above, too.
const curl = ["/usr/bin/curl", "/usr/local/bin/curl", "/opt/homebrew/bin/curl"].find(existsSync);

test.skipIf(curl === undefined)("curl's signatures are taken, and those of a wrong secret are not", async () => {
  await using s3 = await s3WithObject();
  s3.putObject("models", "plain.gguf", "weights");
  const url = s3.url("models", "plain.gguf");
  const get = async (secret: string): Promise<string> => {
    const user = `${s3.credentials.accessKeyId}:${secret}`;
    const payload = "x-amz-content-sha256: UNSIGNED-PAYLOAD";
    const args = ["-sS", "--aws-sigv4", "aws:amz:us-east-1:s3", "-H", payload, "--user", user, url];
    return (await promisify(execFile)(curl ?? "", args)).stdout;
  };
  expect(await get(s3.credentials.secretAccessKey)).toBe("weights");
  expect(await get("other")).toContain("SignatureDoesNotMatch");
});
