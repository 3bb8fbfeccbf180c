import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { s3Failure } from "../../../../tools/test-s3/src/index.ts";
import { s3Fetcher } from "../s3-fetcher.ts";
import type { S3FetcherOptions } from "../s3-fetcher-options.ts";
import { openSetting, type Setting } from "../testing/setting.ts";

async function setUp(options?: S3FetcherOptions): Promise<Setting> {
  const setting = await openSetting(options);
  onTestFinished(() => setting[Symbol.asyncDispose]());
  setting.s3.putObject("models", "model.gguf", "weights");
  return setting;
}

describe("what is not there", () => {
  test("a bucket, a key, a version are told apart, though HEAD says the same of all", async () => {
    const { s3, failure } = await setUp();
    s3.bucket("models", { versioned: true });
    expect(await failure("s3://absent/model.gguf")).toMatchObject({
      code: "S3_BUCKET_NOT_FOUND",
      facts: { bucket: "absent" },
    });
    expect(await failure("s3://absent/m/")).toMatchObject({ code: "S3_BUCKET_NOT_FOUND" });
    expect(await failure("s3://models/absent")).toMatchObject({
      code: "S3_KEY_NOT_FOUND",
      facts: { bucket: "models", key: "absent" },
    });
    expect(await failure("s3://models/model.gguf?versionId=none")).toMatchObject({
      code: "S3_VERSION_NOT_FOUND",
      category: "not-found",
      facts: { versionId: "none" },
    });
    s3.inject({ ...s3Failure("NoSuchBucket"), times: 2 });
    expect(await failure("s3://models/model.gguf")).toMatchObject({ code: "S3_BUCKET_NOT_FOUND" });
  });

  test("a deleted object says so, and so does the version that marks it", async () => {
    const { s3, failure } = await setUp();
    s3.bucket("models", { versioned: true });
    s3.putObject("models", "gone.gguf", "weights");
    const { versionId = "" } = s3.deleteObject("models", "gone.gguf");
    const error = await failure("s3://models/gone.gguf");
    expect(error).toMatchObject({ code: "S3_KEY_NOT_FOUND", facts: { deleted: true } });
    expect(error.message).toContain("deleted");
    expect(await failure(`s3://models/gone.gguf?versionId=${versionId}`)).toMatchObject({
      code: "S3_VERSION_NOT_FOUND",
      facts: { deleted: true },
    });
  });

  test("an object in an archive says so before any byte moves; one that was restored is had", async () => {
    const { s3, failure, fetch } = await setUp();
    s3.putObject("models", "cold.gguf", "weights", { storageClass: "DEEP_ARCHIVE" });
    expect(await failure("s3://models/cold.gguf")).toMatchObject({
      code: "S3_OBJECT_ARCHIVED",
      category: "not-allowed",
      facts: { storageClass: "DEEP_ARCHIVE" },
    });
    expect(s3.requests.every(({ method }) => method === "HEAD")).toBe(true);
    s3.putObject("models", "cold/model.gguf", "weights", { storageClass: "GLACIER", checksums: [] });
    expect(await failure("s3://models/cold/")).toMatchObject({
      code: "S3_OBJECT_ARCHIVED",
      facts: { storageClass: "GLACIER" },
    });
    s3.putObject("models", "cold.gguf", "weights", { storageClass: "GLACIER", restored: true });
    expect(await fetch("s3://models/cold.gguf")).toMatchObject({ movedBytes: 7 });
  });
});

describe("what is not allowed", () => {
  const signed = { accessKeyId: "TESTKEY", secretAccessKey: "not-the-secret-of-it" };

  test.for([
    ["an unknown key", signed, "S3_CREDENTIALS_INVALID"],
    ["a wrong token", { ...signed, sessionToken: "a-token-of-nobody" }, "S3_CREDENTIALS_INVALID"],
    ["nobody, as was meant", "anonymous", "S3_ACCESS_DENIED"],
    ["nobody, since none were found", undefined, "S3_CREDENTIALS_MISSING"],
  ] as const)("to %s", async ([, credentials, code]) => {
    const { s3, home, using } = await setUp();
    const other = using(
      s3Fetcher({ endpoint: s3.origin, maxRetries: 0, ...(credentials !== undefined && { credentials }) }),
    );
    expect(home).not.toBe("");
    const error = await other.failure("s3://models/model.gguf");
    expect(error).toMatchObject({ code, category: "not-allowed", hint: expect.stringMatching(/\S/) });
    expect((await other.failure("s3://models/m/")).code).toBe(code);
  });

  test("to a wrong secret", async () => {
    const { s3, using } = await setUp();
    const other = using(
      s3Fetcher({ endpoint: s3.origin, credentials: { ...s3.credentials, secretAccessKey: "not-the-secret" } }),
    );
    expect(await other.failure("s3://models/model.gguf")).toMatchObject({
      code: "S3_CREDENTIALS_INVALID",
      facts: { serverCode: "SignatureDoesNotMatch" },
    });
  });

  test("to anybody who may not list: it might not be there", async () => {
    const { s3, failure } = await setUp();
    s3.bucket("models", { mayList: false });
    const error = await failure("s3://models/absent");
    expect(error).toMatchObject({ code: "S3_ACCESS_DENIED", facts: { serverCode: "AccessDenied" } });
    expect(error.hint).toContain("s3:GetObject");
    expect((await failure("s3://models/m/")).hint).toContain("s3:ListBucket");
  });

  test("what is public is had by nobody, without a signature", async () => {
    const { s3, using } = await setUp();
    s3.bucket("models", { public: true });
    for (const fetcher of [
      s3Fetcher({ endpoint: s3.origin, credentials: "anonymous" }),
      s3Fetcher({ endpoint: s3.origin }),
    ]) {
      const other = using(fetcher);
      expect(await other.fetch("s3://models/model.gguf")).toMatchObject({ files: [{ sizeBytes: 7 }] });
      expect(await other.fetch("s3://models/")).toMatchObject({ files: [{ sizeBytes: 7 }] });
    }
    for (const { path, headers } of s3.requests) {
      expect(path).not.toMatch(/X-Amz-(Signature|Credential)/);
      expect(headers).not.toHaveProperty("authorization");
    }
  });

  test("requests are paid for by those who say so, and the others are told", async () => {
    const { s3, failure, using, options } = await setUp();
    s3.bucket("models", { requesterPays: true });
    expect((await failure("s3://models/model.gguf")).hint).toContain("requesterPays");
    const other = using(s3Fetcher({ ...options, requesterPays: true }));
    expect(await other.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
    expect(await other.fetch("s3://models/")).toMatchObject({ files: [{ path: "model.gguf" }] });
  });

  test("a session that is over, where nothing gives a new one", async () => {
    const { s3, using, options } = await setUp();
    const key = {
      accessKeyId: "TESTTEMPORARY",
      secretAccessKey: "a-temporary-secret",
      sessionToken: "a-session-token",
    };
    s3.addKey({ ...key, expired: true });
    const other = using(s3Fetcher({ ...options, credentials: key }));
    expect(await other.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_CREDENTIALS_EXPIRED" });
  });
});

describe("clocks", () => {
  test.for([-3_600_000, 3_600_000])("that differ by %s ms are told, with both times", async (differenceMs) => {
    const { s3, failure } = await setUp();
    const serverMs = Date.now() + differenceMs;
    s3.setClock(serverMs);
    const error = await failure("s3://models/model.gguf");
    expect(error).toMatchObject({ code: "S3_CLOCK_SKEWED", category: "not-allowed" });
    expect(new Date(String(error.facts["serverTime"])).getTime()).toBeCloseTo(serverMs, -4);
    expect(new Date(String(error.facts["localTime"])).getTime()).toBeCloseTo(Date.now(), -4);
  });
});

test("a clock that is wrong is nobody's trouble who signs nothing", async () => {
  const { s3, using, options } = await setUp();
  s3.setClock(Date.now() + 3_600_000);
  const other = using(s3Fetcher({ ...options, credentials: "anonymous" }));
  expect(await other.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_ACCESS_DENIED" });
});

test("a server that says by a code that clocks differ is believed", async () => {
  const { s3, failure } = await setUp();
  s3.inject(s3Failure("RequestTimeTooSkewed"));
  expect(await failure("s3://models/model.gguf")).toMatchObject({ code: "S3_CLOCK_SKEWED" });
});

test("credentials that cannot be had are no denial", async () => {
  const { using, options } = await setUp();
  const credentials = async (): Promise<never> => Promise.reject(new Error("the vault is shut"));
  expect(await using(s3Fetcher({ ...options, credentials })).failure("s3://models/model.gguf")).toMatchObject({
    code: "S3_CREDENTIALS_FAILED",
    category: "not-allowed",
  });
});

describe("what does not speak as S3 does", () => {
  test("a server in trouble is asked again, and SlowDown is waited out", async () => {
    const { s3, fetch } = await setUp();
    s3.inject({ ...s3Failure("SlowDown"), times: 2 });
    s3.inject({ ...s3Failure("InternalError"), times: 2, when: ({ method }) => method === "GET" });
    expect(await fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
  });

  test("one that stays so is of the network", async () => {
    const { s3, failure } = await setUp({ maxRetries: 1 });
    s3.inject(s3Failure("SlowDown"));
    expect(await failure("s3://models/model.gguf")).toMatchObject({ code: "TRANSFER_STATUS", category: "network" });
  });

  test("a code that nobody knows is told as it is", async () => {
    const { s3, failure } = await setUp();
    s3.putObject("models", "secret.gguf", "weights", { customerKey: true });
    const error = await failure("s3://models/secret.gguf");
    expect(error).toMatchObject({ code: "S3_ANSWER_INVALID", facts: { serverCode: "InvalidRequest" } });
    expect(error.message).toContain("Server Side Encryption");
  });

  test("pages in place of a list, and statuses without words", async () => {
    const { s3, failure } = await setUp();
    const page = s3.inject({ kind: "html" });
    expect(await failure("s3://models/m/")).toMatchObject({ code: "S3_ANSWER_INVALID" });
    page.withdraw();
    s3.inject({ kind: "status", status: 403, body: "<html>Forbidden</html>" });
    expect(await failure("s3://models/model.gguf")).toMatchObject({ code: "S3_ACCESS_DENIED" });
  });

  test("a closed port and an unknown host are of the network", async () => {
    const { using, options } = await setUp({ maxRetries: 0 });
    expect(
      await using(s3Fetcher({ ...options, endpoint: "http://127.0.0.1:9" })).failure("s3://models/a"),
    ).toMatchObject({
      code: "TRANSFER_UNREACHABLE",
    });
    expect(
      await using(s3Fetcher({ ...options, endpoint: "http://s3.invalid", lookup: nowhere })).failure("s3://models/a"),
    ).toMatchObject({
      code: "TRANSFER_HOST_UNKNOWN",
    });
  });

  test("hosts that may not be asked are not", async () => {
    const { s3, using, options } = await setUp();
    expect(
      await using(s3Fetcher({ ...options, denyHosts: ["127.0.0.1"] })).failure("s3://models/model.gguf"),
    ).toMatchObject({
      code: "TRANSFER_HOST_REFUSED",
    });
    expect(s3.requests).toEqual([]);
  });
});

test("the configuration of AWS says which server, and whose requests", async () => {
  const { s3, home, using } = await setUp();
  const { accessKeyId, secretAccessKey } = s3.credentials;
  await writeFile(join(home, "config"), `[profile lab]\nendpoint_url = ${s3.origin}\nregion = us-east-1\n`);
  await writeFile(
    join(home, "credentials"),
    `[lab]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  expect(await using(s3Fetcher({ profile: "lab" })).fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
  vi.stubEnv("AWS_PROFILE", "lab");
  expect(await using(s3Fetcher()).fetch("s3://models/model.gguf")).toMatchObject({ files: [{ path: "model.gguf" }] });
});

const nowhere: NonNullable<S3FetcherOptions["lookup"]> = (host, _options, callback) =>
  callback(Object.assign(new Error(`no address of ${host}`), { code: "ENOTFOUND" }), []);
