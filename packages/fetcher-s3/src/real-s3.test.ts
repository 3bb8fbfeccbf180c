import { hash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type RealS3, realS3, seed, startRealS3 } from "../../../tools/real-s3/src/index.ts";
import { s3Fetcher } from "./s3-fetcher.ts";
import type { S3FetcherOptions } from "./s3-fetcher-options.ts";
import { openSetting, type Setting } from "./testing/setting.ts";

const found = await realS3();
if (found.type === "absent" && process.env["REQUIRE_REAL"] === "1") throw new Error(found.reason);

const mebibyte = 1024 * 1024;
const weights = randomBytes(12 * mebibyte);

describe.skipIf(found.type === "absent")(
  "versitygw, a server that was not made for tests",
  { timeout: 120_000 },
  () => {
    let server: RealS3;

    beforeAll(async () => {
      server = await startRealS3();
      await seed(server, "models", [
        { key: "dir/model.gguf", body: weights, checksum: "SHA256" },
        { key: "dir/a b+c%ä.json", body: "{}", checksum: "CRC32C" },
        { key: "dir/sub/x.bin", body: "x", checksum: "CRC64NVME" },
        { key: "parts.gguf", body: weights, checksum: "SHA256", partBytes: 5 * mebibyte },
        { key: "sha1.bin", body: "sha1", checksum: "SHA1" },
        { key: "crc32.bin", body: "crc32", checksum: "CRC32" },
      ]);
      await seed(server, "public", [{ key: "model.gguf", body: "public weights" }], { public: true });
      await seed(
        server,
        "versions",
        [
          { key: "model.gguf", body: "old" },
          { key: "model.gguf", body: "newer" },
        ],
        { versioned: true },
      );
    }, 600_000);

    afterAll(() => server?.[Symbol.asyncDispose]());

    async function setUp(options: S3FetcherOptions = {}): Promise<Setting> {
      const setting = await openSetting();
      onTestFinished(() => setting[Symbol.asyncDispose]());
      const { endpoint, credentials, region } = server;
      return setting.using(s3Fetcher({ endpoint, credentials, region, ...options }));
    }

    test("an object, with its digest", async () => {
      const { plan, fetch, bytes } = await setUp();
      expect(await plan("s3://models/dir/model.gguf")).toMatchObject({
        files: [{ path: "model.gguf", sizeBytes: weights.length, digest: `sha256:${hash("sha256", weights)}` }],
      });
      expect(await fetch("s3://models/dir/model.gguf")).toMatchObject({
        files: [{ sourceChecked: true }],
        movedBytes: weights.length,
      });
      expect((await bytes("model.gguf")).equals(weights)).toBe(true);
    });

    test("a prefix, with odd names", async () => {
      const { fetch, read } = await setUp();
      const { files } = await fetch("s3://models/dir/");
      expect(files.map(({ path }) => path).toSorted()).toEqual(["a b+c%ä.json", "model.gguf", "sub/x.bin"]);
      expect(await read("a b+c%ä.json")).toBe("{}");
      expect(await fetch("s3://models/dir/a%20b%2Bc%25%C3%A4.json")).toMatchObject({
        files: [{ path: "a b+c%ä.json" }],
      });
    });

    test.for(["sha1.bin", "crc32.bin", "dir/sub/x.bin"])("the checksum of %s is compared", async (key) => {
      const { fetch } = await setUp();
      expect(await fetch(`s3://models/${key}`)).toMatchObject({ files: [{ sourceChecked: true }] });
    });

    test("a checksum of parts is no digest, and the bytes are right", async () => {
      const { plan, fetch, bytes } = await setUp();
      expect((await plan("s3://models/parts.gguf")).files).toEqual([{ path: "parts.gguf", sizeBytes: weights.length }]);
      await fetch("s3://models/parts.gguf");
      expect((await bytes("parts.gguf")).equals(weights)).toBe(true);
    });

    test("versions", async () => {
      const { plan, fetch, read, failure } = await setUp();
      await fetch("s3://versions/model.gguf");
      expect(await read("model.gguf")).toBe("newer");
      const { revision } = await plan("s3://versions/model.gguf");
      expect(await fetch(`s3://versions/model.gguf?versionId=${revision}`)).toMatchObject({
        validators: { versionId: revision },
      });
      expect(await failure("s3://versions/model.gguf?versionId=01ARZ3NDEKTSV4RRFFQ69G5FAV")).toMatchObject({
        category: "not-found",
      });
    });

    test("what is public is had by nobody, and what is not is not", async () => {
      const { fetch, read, failure } = await setUp({ credentials: "anonymous" });
      await fetch("s3://public/model.gguf");
      expect(await read("model.gguf")).toBe("public weights");
      expect(await failure("s3://models/dir/model.gguf")).toMatchObject({ code: "S3_ACCESS_DENIED" });
    });

    test("a wrong secret, an unknown key, and what is not there are told apart", async () => {
      const { accessKeyId } = server.credentials;
      const wrong = await setUp({ credentials: { accessKeyId, secretAccessKey: "not-the-secret" } });
      expect(await wrong.failure("s3://models/dir/model.gguf")).toMatchObject({ code: "S3_CREDENTIALS_INVALID" });
      const unknown = await setUp({ credentials: { accessKeyId: "UNKNOWN", secretAccessKey: "not-the-secret" } });
      expect(await unknown.failure("s3://models/dir/model.gguf")).toMatchObject({ code: "S3_CREDENTIALS_INVALID" });
      const { failure } = await setUp();
      expect(await failure("s3://models/absent")).toMatchObject({ code: "S3_KEY_NOT_FOUND" });
      expect(await failure("s3://absent/model.gguf")).toMatchObject({ code: "S3_BUCKET_NOT_FOUND" });
      expect(await failure("s3://models/absent/")).toMatchObject({ code: "S3_KEY_NOT_FOUND" });
    });
  },
);
