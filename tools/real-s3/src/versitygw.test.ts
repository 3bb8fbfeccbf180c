/** What `versitygw` does of what a fetcher relies on, and where it does not do as AWS does: those tests say so. */
import { hash } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { presignedUrl, randomKey, signedHeaders, type SignOptions, startTestS3 } from "../../test-s3/src/index.ts";
import { ask, type Asked } from "../../test-s3/src/testing/ask.ts";
import { clientOf, type RealS3, realS3, seed, type SeededObject, startRealS3 } from "./index.ts";

const found = await realS3();
if (found.type === "absent" && process.env["REQUIRE_REAL"] === "1") throw new Error(found.reason);
const why = found.type === "absent" ? ` (${found.reason})` : "";

const partBytes = 5 * 1024 * 1024;
const text = "0123456789";
const large = Buffer.concat([Buffer.alloc(partBytes, "a"), Buffer.from("tail")]);
const checksumMode = { headers: { "x-amz-checksum-mode": "ENABLED" } };

describe.skipIf(found.type === "absent")(`versitygw${why}`, () => {
  let s3: RealS3;
  let versions: readonly SeededObject[];

  beforeAll(async () => {
    s3 = await startRealS3();
    await seed(s3, "models", [
      { key: "crc64", body: text },
      { key: "sha256", body: text, checksum: "SHA256" },
      { key: "parts-sha256", body: large, checksum: "SHA256", partBytes },
      { key: "parts-crc64", body: large, partBytes },
      { key: "p/a", body: "a" },
      { key: "p/b", body: "b" },
      { key: "odd/a +&ü", body: "odd" },
    ]);
    await seed(s3, "public", [{ key: "a", body: "to all" }], { public: true });
    versions = await seed(
      s3,
      "versions",
      ["one", "two"].map((body) => ({ key: "a", body })),
      { versioned: true },
    );
  });
  afterAll(async () => s3.stop());

  const get = async (path: string, options: Partial<SignOptions> = {}): Promise<Asked> => {
    const url = `${s3.endpoint}/${path}`;
    return ask(url, signedHeaders(url, { key: s3.credentials, ...options }), options.method);
  };
  const head = async (path: string, options: Partial<SignOptions> = {}): Promise<Asked> =>
    get(path, { ...options, method: "HEAD" });

  test("signatures are checked", async () => {
    const wrong = { ...s3.credentials, secretAccessKey: randomKey().secretAccessKey };
    expect(await get("models/crc64")).toMatchObject({ status: 200, body: text });
    expect(await get("models/crc64", { key: wrong })).toMatchObject({ status: 403, code: "SignatureDoesNotMatch" });
    expect(await head("models/crc64", { key: wrong })).toMatchObject({ status: 403, body: "" });
    const token = { ...s3.credentials, sessionToken: "none" };
    expect(await get("models/crc64", { key: token })).toMatchObject({ status: 400, code: "InvalidToken" });
  });

  test("a clock may be off by fifteen minutes", async () => {
    const [late, tooLate] = [14, 16].map((minutes) => new Date(Date.now() - minutes * 60_000));
    expect(await get("models/crc64", { ...(late && { at: late }) })).toMatchObject({ status: 200 });
    expect(await get("models/crc64", { ...(tooLate && { at: tooLate }) })).toMatchObject({
      status: 403,
      code: "RequestTimeTooSkewed",
    });
  });

  test("headers of Amazon must be signed, the payload's hash among them", async () => {
    const url = `${s3.endpoint}/models/crc64`;
    const { "x-amz-content-sha256": _, ...withoutHash } = signedHeaders(url, { key: s3.credentials });
    expect(await ask(url, withoutHash)).toMatchObject({ status: 400, code: "InvalidRequest" });
    const more = { ...signedHeaders(url, { key: s3.credentials }), ...checksumMode.headers };
    expect(await ask(url, more)).toMatchObject({ status: 403, code: "AccessDenied" });
  });

  test("another region is refused, and the right one named to GET", async () => {
    const refused = await get("models/crc64", { region: "eu-west-1" });
    expect(refused).toMatchObject({ status: 400, code: "AuthorizationHeaderMalformed" });
    expect(refused.body).toContain("<Region>us-east-1</Region>");
  });

  test("not as AWS: HEAD is not told the right region; an unknown key is 404 XAdminUserNotFound", async () => {
    const refused = await head("models/crc64", { region: "eu-west-1" });
    expect(refused).toMatchObject({ status: 400, body: "" });
    expect(refused.headers).not.toHaveProperty("x-amz-bucket-region");
    expect(await get("models/crc64", { key: randomKey() })).toMatchObject({ status: 404, code: "XAdminUserNotFound" });
    expect(await head("models")).toMatchObject({ status: 200, headers: { "x-amz-bucket-region": "us-east-1" } });
  });

  test("a presigned URL holds until it expires, for its method and headers", async () => {
    const presign = (at: Date): string =>
      presignedUrl(`${s3.endpoint}/models/crc64`, { key: s3.credentials, at, expiresInSeconds: 60 });
    expect(await ask(presign(new Date()))).toMatchObject({ status: 200, body: text });
    expect(await ask(presign(new Date()), { range: "bytes=2-3" })).toMatchObject({ status: 206, body: "23" });
    expect(await ask(presign(new Date()), {}, "HEAD")).toMatchObject({ status: 403 });
    expect(await ask(presign(new Date()), checksumMode.headers)).toMatchObject({ status: 403, code: "AccessDenied" });
    const expired = await ask(presign(new Date(Date.now() - 120_000)));
    expect(expired).toMatchObject({ status: 403, code: "AccessDenied" });
    expect(expired.body).toContain("Request has expired");
  });

  test("checksums are told where they are asked for", async () => {
    expect((await head("models/crc64")).headers).not.toHaveProperty("x-amz-checksum-crc64nvme");
    expect((await head("models/crc64", checksumMode)).headers).toMatchObject({
      "x-amz-checksum-crc64nvme": "Ffmx7kz9nB0=",
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    expect((await get("models/sha256", checksumMode)).headers).toMatchObject({
      "x-amz-checksum-sha256": hash("sha256", text, "base64"),
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    const ranged = await get("models/sha256", { headers: { ...checksumMode.headers, range: "bytes=2-3" } });
    expect(ranged).toMatchObject({ status: 206, body: "23" });
    expect(ranged.headers).not.toHaveProperty("x-amz-checksum-sha256");
  });

  test("of parts the SHA-256 is composite, and CRC64NVME is the object's; the ETag is no MD5 either", async () => {
    const composite = await head("models/parts-sha256", checksumMode);
    expect(composite.headers).toMatchObject({
      etag: expect.stringMatching(/^"[0-9a-f]{32}-2"$/),
      "x-amz-checksum-sha256": expect.stringMatching(/=-2$/),
      "x-amz-checksum-type": "COMPOSITE",
    });
    expect((await head("models/parts-crc64", checksumMode)).headers).toMatchObject({
      "x-amz-checksum-crc64nvme": expect.stringMatching(/^.{11}=$/),
      "x-amz-checksum-type": "FULL_OBJECT",
    });
    const part = { status: 206, body: "tail", headers: { "x-amz-mp-parts-count": "2" } };
    expect(await get("models/parts-crc64?partNumber=2")).toMatchObject(part);
  });

  test("conditions and ranges", async () => {
    const { etag = "" } = (await head("models/crc64")).headers;
    const ranged = { status: 206, headers: { "content-range": "bytes 2-3/10", "content-length": "2", etag } };
    expect(await get("models/crc64", { headers: { "if-match": etag, range: "bytes=2-3" } })).toMatchObject(ranged);
    expect(await head("models/crc64", { headers: { range: "bytes=2-3" } })).toMatchObject(ranged);
    const other = { "if-match": '"other"', range: "bytes=2-3" };
    expect(await get("models/crc64", { headers: other })).toMatchObject({ status: 412, code: "PreconditionFailed" });
    expect(await head("models/crc64", { headers: other })).toMatchObject({ status: 412, body: "" });
    const beyond = await get("models/crc64", { headers: { range: "bytes=99-" } });
    expect(beyond).toMatchObject({ status: 416, code: "InvalidRange" });
    expect(beyond.headers).not.toHaveProperty("content-range");
  });

  test("what is not there has its code, and HEAD has none", async () => {
    expect(await get("models/none")).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(await get("nowhere/none")).toMatchObject({ status: 404, code: "NoSuchBucket" });
    expect(await head("models/none")).toMatchObject({ status: 404, body: "" });
  });

  test("versions are had by their ids; what is deleted is a marker", async () => {
    const [one, two] = versions.map(({ versionId }) => versionId);
    expect(await get(`versions/a?versionId=${one}`)).toMatchObject({ status: 200, body: "one" });
    expect(await get("versions/a")).toMatchObject({ body: "two", headers: { "x-amz-version-id": two } });
    const client = clientOf(s3);
    const { VersionId: marker } = await client.send(new DeleteObjectCommand({ Bucket: "versions", Key: "a" }));
    client.destroy();
    const gone = { headers: { "x-amz-delete-marker": "true" } };
    expect(await get("versions/a")).toMatchObject({ status: 404, code: "NoSuchKey", ...gone });
    expect(await get(`versions/a?versionId=${marker}`)).toMatchObject({
      status: 405,
      code: "MethodNotAllowed",
      ...gone,
    });
    expect(await get(`versions/a?versionId=${two}`)).toMatchObject({ body: "two" });
    expect(await get("versions/a?versionId=none")).toMatchObject({ status: 400, code: "InvalidArgument" });
    const never = `${two?.slice(0, -4)}0000`;
    expect(await get(`versions/a?versionId=${never}`)).toMatchObject({ status: 404, code: "NoSuchVersion" });
  });

  test("lists come in pages", async () => {
    const first = await get("models?list-type=2&prefix=p%2F&max-keys=1");
    expect([valuesOf(first, "Key"), valuesOf(first, "IsTruncated")]).toEqual([["p/a"], ["true"]]);
    const [token = ""] = valuesOf(first, "NextContinuationToken");
    const last = await get(`models?list-type=2&prefix=p%2F&continuation-token=${encodeURIComponent(token)}`);
    expect([valuesOf(last, "Key"), valuesOf(last, "IsTruncated")]).toEqual([["p/b"], ["false"]]);
  });

  test("not as AWS: tokens are keys, and any is taken; no list is encoded, and an empty element says so", async () => {
    const any = await get("models?list-type=2&prefix=p%2F&continuation-token=p%2Fa");
    expect([any.status, valuesOf(any, "Key")]).toEqual([200, ["p/b"]]);
    const encoded = await get("models?list-type=2&prefix=odd%2F&encoding-type=url");
    expect([valuesOf(encoded, "Key"), valuesOf(encoded, "EncodingType")]).toEqual([["odd/a +&amp;ü"], [""]]);
  });

  test("anybody has what is public, and only that", async () => {
    expect(await ask(`${s3.endpoint}/public/a`)).toMatchObject({ status: 200, body: "to all" });
    expect(await ask(`${s3.endpoint}/public/none`)).toMatchObject({ status: 404, code: "NoSuchKey" });
    expect(await ask(`${s3.endpoint}/public?list-type=2`)).toMatchObject({ status: 200 });
    expect(await ask(`${s3.endpoint}/models/crc64`)).toMatchObject({ status: 403, code: "AccessDenied" });
  });

  test("not as AWS: nobody pays", async () => {
    const answered = await get("models/crc64", { headers: { "x-amz-request-payer": "requester" } });
    expect(answered.status).toBe(200);
    expect(answered.headers).not.toHaveProperty("x-amz-request-charged");
  });

  test("a path is signed as it is decoded, and not normalized", async () => {
    expect(await get("models/odd/a%20%2B%26%C3%BC")).toMatchObject({ status: 200, body: "odd" });
  });

  test("the server of tools/test-s3 says the same", async () => {
    await using kit = await startTestS3();
    kit.bucket("models");
    kit.putObject("models", "crc64", text);
    kit.putObject("models", "sha256", text, { checksums: ["sha256"] });
    kit.putObject("models", "parts-sha256", large, { checksums: ["sha256"], multipart: { partBytes } });
    kit.putObject("models", "parts-crc64", large, { multipart: { partBytes } });
    const { etag = "" } = (await head("models/crc64")).headers;
    const asked: readonly (readonly [string, Partial<SignOptions>])[] = [
      ...["crc64", "sha256", "parts-sha256", "parts-crc64"].flatMap((key) =>
        ["HEAD", "GET"].map((method) => [`models/${key}`, { ...checksumMode, method }] as const),
      ),
      ["models/crc64", { headers: { "if-match": etag, range: "bytes=2-3" } }],
      ["models/crc64", { headers: { ...checksumMode.headers, range: "bytes=2-3" } }],
      ["models/crc64", { headers: { range: "bytes=-3" }, method: "HEAD" }],
      ["models/crc64", { headers: { range: "bytes=99-" } }],
      ["models/crc64", { headers: { "if-match": '"other"' } }],
      ["models/parts-crc64?partNumber=2", { method: "HEAD" }],
      ["models/parts-crc64?partNumber=2", {}],
      ["models/none", {}],
      ["nowhere/none", {}],
      ["models/crc64", { region: "eu-west-1" }],
      ["models/crc64", { at: new Date(0) }],
    ];
    for (const [path, options] of asked) {
      const url = `${kit.origin}/${path}`;
      const ours = await ask(url, signedHeaders(url, { key: kit.credentials, ...options }), options.method);
      expect(factsOf(ours), `${options.method} ${path}`).toEqual(factsOf(await get(path, options)));
    }
  });

  test("buckets are found by the host where that is asked for, and by the path still", async () => {
    await using virtual = await startRealS3({ virtualHosts: true, versioned: false });
    await seed(virtual, "models", [{ key: "a/b", body: text }]);
    for (const base of [`http://models.${virtual.virtualHost}`, `${virtual.endpoint}/models`]) {
      const url = `${base}/a/b`;
      expect(await ask(url, signedHeaders(url, { key: virtual.credentials }))).toMatchObject({
        status: 200,
        body: text,
      });
    }
  });
});

/** What a client goes by. */
function factsOf({ status, code, body, headers }: Asked): unknown {
  const names = ["content-range", "etag", "x-amz-mp-parts-count", "x-amz-checksum-type"];
  const told = Object.entries(headers).filter(([name]) => names.includes(name) || name.startsWith("x-amz-checksum-"));
  return { status, code, headers: Object.fromEntries(told), ...(status < 300 && { body: hash("sha256", body) }) };
}

function valuesOf({ body }: Asked, name: string): string[] {
  return [...body.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, value]) => value ?? "");
}
