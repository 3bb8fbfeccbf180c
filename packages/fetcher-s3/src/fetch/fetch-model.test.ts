import { createHash, hash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type FetchProgress, parseDigest } from "@llama-orch/catalog-core";
import { fetchContext, tempIngest } from "@llama-orch/contract-tests";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type ContentSpec, sha256Of } from "../../../../tools/fault-server/src/index.ts";
import { s3Failure } from "../../../../tools/test-s3/src/index.ts";
import { s3Fetcher } from "../s3-fetcher.ts";
import type { S3FetcherOptions } from "../s3-fetcher-options.ts";
import { openSetting, type Setting } from "../testing/setting.ts";

const mebibyte = 1024 * 1024;

async function setUp(options?: S3FetcherOptions): Promise<Setting> {
  const setting = await openSetting({ stallTimeoutMs: 300, ...options });
  onTestFinished(() => setting[Symbol.asyncDispose]());
  return setting;
}

const large = (seed: number): ContentSpec & { readonly sizeBytes: number; readonly seed: number } => ({
  sizeBytes: 20 * mebibyte,
  seed,
});

const ofGet = ({ method }: { readonly method: string }): boolean => method === "GET";

async function sha256(setting: Setting, path = "model.gguf"): Promise<string> {
  return createHash("sha256")
    .update(await setting.bytes(path))
    .digest("hex");
}

/** Does something once, when such a request has come, and before it is looked at. */
function whenAsked(
  setting: Setting,
  predicate: (request: { method: string; path: string }) => boolean,
  act: () => void,
): void {
  setting.s3.inject({
    kind: "latency",
    ms: 0,
    times: 1,
    when(request) {
      const isIt = predicate(request);
      if (isIt) act();
      return isIt;
    },
  });
}

/** The one that goes on where the first was cut. */
function isSecondGet({ s3 }: Setting): (request: { method: string }) => boolean {
  return (request) => ofGet(request) && s3.requests.filter(ofGet).length === 2;
}

describe("checksums", () => {
  test.for(["sha256", "sha1", "crc32", "crc32c", "crc64nvme"] as const)(
    "%s of the whole is compared",
    async (algorithm) => {
      const setting = await setUp();
      setting.s3.putObject("models", "model.gguf", { sizeBytes: 3 * mebibyte, seed: 1 }, { checksums: [algorithm] });
      const { files } = await setting.fetch("s3://models/model.gguf");
      expect(files).toMatchObject([{ sizeBytes: 3 * mebibyte, sourceChecked: true }]);
    },
  );

  test.for([
    ["sha256", hash("sha256", "other", "base64"), "sha256:"],
    ["sha1", hash("sha1", "other", "base64"), "sha1:"],
    ["crc32", "AAAAAA==", "crc32:00000000"],
    ["crc32c", "AAAAAA==", "crc32c:00000000"],
    ["crc64nvme", "AAAAAAAAAAA=", "crc64nvme:0000000000000000"],
  ] as const)("bytes of another %s are an error, and are not kept", async ([algorithm, base64, expected]) => {
    const setting = await setUp();
    setting.s3.putObject(
      "models",
      "model.gguf",
      { sizeBytes: mebibyte, seed: 1 },
      { checksums: { [algorithm]: base64 } },
    );
    const error = await setting.failure("s3://models/model.gguf");
    expect(error).toMatchObject({
      code: "S3_CONTENT_MISMATCH",
      category: "digest-mismatch",
      facts: { path: "model.gguf" },
    });
    expect(String(error.facts["expected"])).toContain(expected);
    expect(error.facts["actual"]).not.toBe(error.facts["expected"]);
    await expect(setting.bytes("model.gguf")).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a byte that was changed on the way is found by a CRC", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", { sizeBytes: mebibyte, seed: 1 });
    setting.s3.inject({ kind: "corrupt", atByte: 777_777 });
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_CONTENT_MISMATCH" });
  });

  test("checksums of parts, and ETags, say nothing: nothing is compared", async () => {
    const setting = await setUp();
    const options = { checksums: ["sha256"], multipart: { partBytes: 100 } } as const;
    setting.s3.putObject("models", "parts.gguf", "weights".repeat(100), options);
    setting.s3.putObject("models", "plain.gguf", "weights", { checksums: [], etag: `"${hash("md5", "other")}"` });
    for (const name of ["parts.gguf", "plain.gguf"]) {
      const { files } = await setting.fetch(`s3://models/${name}`);
      expect(files[0]).not.toHaveProperty("sourceChecked");
    }
  });
});

describe("lines that fail", () => {
  test.for([
    ["cut", { kind: "cut", afterBytes: 7 * mebibyte, times: 2 }],
    ["reset", { kind: "cut", afterBytes: 5 * mebibyte, how: "reset", times: 2 }],
    ["stalled", { kind: "stall", afterBytes: 3 * mebibyte, times: 1 }],
    ["answered with another range", { kind: "content-range", from: 1, times: 1 }],
    ["answered with the whole", { kind: "ignore-range" }],
    ["told to slow down", { ...s3Failure("SlowDown"), times: 3 }],
  ] as const)("a transfer that is %s is gone on with", async ([, fault]) => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ ...fault, when: ofGet });
    await setting.fetch("s3://models/model.gguf");
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
  });

  test("what a first call has brought, a second one goes on from", async () => {
    const setting = await setUp({ maxRetries: 0, maxConnectionsPerTransfer: 1 });
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "cut", afterBytes: 12 * mebibyte, times: 1, when: ofGet });
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
    const { movedBytes, reusedBytes } = await setting.fetch("s3://models/model.gguf");
    expect(reusedBytes).toBeGreaterThanOrEqual(11 * mebibyte);
    expect(movedBytes + reusedBytes).toBe(20 * mebibyte);
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
  });

  test("what has no ETag is gone on with where the caller's digest decides, and begun anew where none does", async () => {
    for (const expectedDigest of [parseDigest(`sha256:${sha256Of(large(1))}`), undefined]) {
      const setting = await setUp({ maxRetries: 0, maxConnectionsPerTransfer: 1 });
      setting.s3.putObject("models", "model.gguf", large(1), { etag: null, headers: { "Last-Modified": "" } });
      setting.s3.inject({ kind: "cut", afterBytes: 12 * mebibyte, times: 1, when: ofGet });
      const context = expectedDigest === undefined ? {} : { expectedDigest };
      await setting.failure("s3://models/model.gguf", context);
      const { reusedBytes } = await setting.fetch("s3://models/model.gguf", context);
      expect(reusedBytes > 0).toBe(expectedDigest !== undefined);
      expect(await sha256(setting)).toBe(sha256Of(large(1)));
    }
  });

  test("every range of several connections is asked of the planned version", async () => {
    const setting = await setUp();
    const { etag } = setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "throttle", bytesPerSecond: 10 * mebibyte, when: ofGet });
    await setting.fetch("s3://models/model.gguf");
    const gets = setting.s3.requests.filter(ofGet);
    expect(gets.length).toBeGreaterThan(1);
    expect(gets.every(({ headers }) => headers["if-match"] === etag)).toBe(true);
    expect(gets.every(({ path }) => path.includes("X-Amz-SignedHeaders=host&"))).toBe(true);
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
  });
});

describe("an object that is replaced", () => {
  test("in a bucket with versions is brought as it was planned", async () => {
    const setting = await setUp();
    setting.s3.bucket("models", { versioned: true });
    const { versionId } = setting.s3.putObject("models", "model.gguf", large(1));
    whenAsked(setting, ofGet, () => void setting.s3.putObject("models", "model.gguf", large(2)));
    const artifact = await setting.fetch("s3://models/model.gguf");
    expect(artifact).not.toHaveProperty("plan");
    expect(artifact.validators).toMatchObject({ versionId });
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
  });

  test("since it was planned is brought as it is now, by a plan of its own", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", "the old weights", { checksums: ["sha256"] });
    let etag: string | null = null;
    whenAsked(
      setting,
      ofGet,
      () => void ({ etag } = setting.s3.putObject("models", "model.gguf", "the newer weights")),
    );
    const { plan, files, validators } = await setting.fetch("s3://models/model.gguf");
    expect(plan).toMatchObject({ files: [{ path: "model.gguf", sizeBytes: 17 }], validators: { etag } });
    expect(plan?.files[0]).not.toHaveProperty("digest");
    expect(validators).toMatchObject({ etag });
    expect(files).toMatchObject([{ sizeBytes: 17 }]);
    expect(await setting.read("model.gguf")).toBe("the newer weights");
  });

  test("in the middle is never of two versions", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "cut", afterBytes: 9 * mebibyte, times: 1, when: ofGet });
    whenAsked(setting, isSecondGet(setting), () => void setting.s3.putObject("models", "model.gguf", large(2)));
    const { plan } = await setting.fetch("s3://models/model.gguf");
    expect(plan).toBeDefined();
    expect(await sha256(setting)).toBe(sha256Of(large(2)));
  });

  test.for([
    ["of the same size", large(2)],
    ["of another size", { sizeBytes: 21 * mebibyte, seed: 2 }],
  ] as const)("by one %s, at a server that does not know conditions, is found by its ETag", async ([, other]) => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", large(1), { checksums: [] });
    // The condition is compared with what it was: so it is met, whatever the server has now.
    const plan = await setting.plan("s3://models/model.gguf");
    const old = plan.validators?.["etag"] ?? "";
    setting.s3.putObject("models", "model.gguf", other, { checksums: [] });
    const { inject } = setting.s3;
    const unconditional = inject({ kind: "etag", value: old, when: ofGet });
    const relabelled = inject({ kind: "headers", headers: { ETag: '"another"' }, when: ofGet });
    const { ingest, dispose } = await tempIngest();
    onTestFinished(dispose);
    whenAsked(
      setting,
      ({ method }) => method === "HEAD",
      () => {
        unconditional.withdraw();
        relabelled.withdraw();
      },
    );
    const artifact = await setting.fetcher.fetch(plan, ingest, fetchContext());
    expect(artifact.plan?.files).toMatchObject([{ sizeBytes: other.sizeBytes }]);
    const arrived = join(ingest.directory, "model.gguf");
    expect((await stat(arrived)).size).toBe(other.sizeBytes);
  });

  test("again and again is an error in the end", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", "0");
    let times = 0;
    setting.s3.inject({
      kind: "latency",
      ms: 0,
      when(request) {
        if (ofGet(request)) setting.s3.putObject("models", "model.gguf", `${(times += 1)}`);
        return ofGet(request);
      },
    });
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({
      code: "S3_SOURCE_CHANGED",
      category: "network",
    });
    expect(times).toBe(6);
  });

  test("by nothing is not found", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", "weights");
    whenAsked(setting, ofGet, () => void setting.s3.deleteObject("models", "model.gguf"));
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_KEY_NOT_FOUND" });
  });

  test("whose reader may not name versions is had by its ETag alone", async () => {
    const setting = await setUp();
    setting.s3.bucket("models", { versioned: true });
    setting.s3.putObject("models", "model.gguf", "weights");
    setting.s3.inject({ ...s3Failure("AccessDenied"), when: ({ path }) => path.includes("versionId=") });
    expect(await setting.fetch("s3://models/model.gguf")).toMatchObject({ movedBytes: 7 });
  });
});

describe("a directory", () => {
  test("is all files, of the versions that were listed, in at most two requests each", async () => {
    const setting = await setUp();
    const names = Array.from({ length: 40 }, (_none, index) => `sub/${index}.json`);
    for (const [index, name] of names.entries())
      setting.s3.putObject("models", `m/${name}`, name, { checksums: index % 2 === 0 ? ["crc32"] : [] });
    const { files } = await setting.fetch("s3://models/m/");
    expect(files.map(({ path }) => path).toSorted()).toEqual(names.toSorted());
    expect(files.filter(({ sourceChecked }) => sourceChecked === true)).toHaveLength(20);
    expect(await setting.read("sub/7.json")).toBe("sub/7.json");
    // A list, a GET for each, and a HEAD for those that have a checksum.
    expect(setting.s3.requests).toHaveLength(1 + 40 + 20);
  });

  test("a file of which was replaced is listed again; what is here of the others is used", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "m/large.gguf", large(1), { checksums: [] });
    setting.s3.putObject("models", "m/small.json", "old", { checksums: [] });
    const plan = await setting.plan("s3://models/m/");
    setting.s3.putObject("models", "m/small.json", "newer", { checksums: [] });
    setting.s3.deleteObject("models", "m/absent");
    const { ingest, dispose } = await tempIngest();
    onTestFinished(dispose);
    const artifact = await setting.fetcher.fetch(plan, ingest, fetchContext());
    expect(artifact.plan?.files).toMatchObject([{ path: "large.gguf" }, { path: "small.json", sizeBytes: 5 }]);
    expect(artifact.plan?.revision).not.toBe(plan.revision);
    expect(artifact.files).toHaveLength(2);
  });

  test("of which one is gone is listed again", async () => {
    const setting = await setUp();
    for (const name of ["a", "b"]) setting.s3.putObject("models", `m/${name}`, name, { checksums: [] });
    const plan = await setting.plan("s3://models/m/");
    setting.s3.deleteObject("models", "m/b");
    const { ingest, dispose } = await tempIngest();
    onTestFinished(dispose);
    expect((await setting.fetcher.fetch(plan, ingest, fetchContext())).plan?.files).toMatchObject([{ path: "a" }]);
  });

  test("what is present is not asked for, as long as its digest is the planned one", async () => {
    const setting = await setUp();
    for (const name of ["a", "b"]) setting.s3.putObject("models", `m/${name}`, name, { checksums: ["sha256"] });
    const plan = await setting.plan("s3://models/m/");
    const { ingest, dispose } = await tempIngest();
    onTestFinished(dispose);
    const present = { ...ingest, present: new Set(["a"]) };
    expect((await setting.fetcher.fetch(plan, present, fetchContext())).files.map(({ path }) => path)).toEqual(["b"]);
    for (const name of ["a", "b"]) setting.s3.putObject("models", `m/${name}`, `${name}!`, { checksums: ["sha256"] });
    expect((await setting.fetcher.fetch(plan, present, fetchContext())).files.map(({ path }) => path)).toEqual([
      "a",
      "b",
    ]);
  });
});

describe("credentials and signatures that run out", () => {
  const temporary = (name: string): { accessKeyId: string; secretAccessKey: string; sessionToken: string } => ({
    accessKeyId: `TEST${name}`,
    secretAccessKey: `the secret of ${name}`,
    sessionToken: `the session token of ${name}`,
  });

  test("in the middle of a transfer are asked for anew, and what has arrived is kept", async () => {
    const keys = [temporary("one"), temporary("two")];
    let given = 0;
    const setting = await setUp({
      maxConnectionsPerTransfer: 1,
      credentials: async () => keys[given++] ?? temporary("none"),
    });
    for (const key of keys) setting.s3.addKey(key);
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "cut", afterBytes: 12 * mebibyte, times: 1, when: ofGet });
    whenAsked(setting, isSecondGet(setting), () => setting.s3.addKey({ ...temporary("one"), expired: true }));
    const progress: FetchProgress[] = [];
    const { movedBytes, reusedBytes } = await setting.fetch("s3://models/model.gguf", {
      onProgress: (event) => void progress.push(event),
    });
    expect(given).toBe(2);
    expect([movedBytes, reusedBytes]).toEqual([20 * mebibyte, 0]);
    expect(setting.s3.bodyBytesSent).toBeLessThan(21 * mebibyte);
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
    for (const [index, { attempt }] of progress.entries())
      expect(attempt).toBeGreaterThanOrEqual(progress[index - 1]?.attempt ?? 1);
  });

  test("as often as they do, as long as something has come in between", async () => {
    let given = 0;
    const setting = await setUp({
      maxConnectionsPerTransfer: 1,
      credentials: async () => temporary(`${(given += 1)}`),
    });
    for (let index = 1; index < 40; index += 1) setting.s3.addKey(temporary(`${index}`));
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "cut", afterBytes: 2 * mebibyte, when: ofGet });
    const used = new Set<string>();
    setting.s3.inject({
      kind: "latency",
      ms: 0,
      when(request) {
        const name = /Credential=TEST(\d+)/.exec(request.path)?.[1] ?? "";
        if (ofGet(request) && used.has(name)) setting.s3.addKey({ ...temporary(name), expired: true });
        if (ofGet(request)) used.add(name);
        return false;
      },
    });
    await setting.fetch("s3://models/model.gguf");
    expect(given).toBeGreaterThan(8);
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
  });

  test("for a whole directory at the same moment are asked for once", async () => {
    const keys = [temporary("one"), temporary("two")];
    let given = 0;
    const setting = await setUp({ credentials: async () => keys[given++] ?? temporary("none") });
    for (const key of keys) setting.s3.addKey(key);
    for (let index = 0; index < 30; index += 1)
      setting.s3.putObject("models", `m/${index}`, `${index}`, { checksums: [] });
    whenAsked(
      setting,
      ({ path }) => path.startsWith("/models/m"),
      () => setting.s3.addKey({ ...temporary("one"), expired: true }),
    );
    expect((await setting.fetch("s3://models/m/")).files).toHaveLength(30);
    expect(given).toBe(2);
  });

  test("that stay refused are an error, and not asked for without end", async () => {
    let given = 0;
    const setting = await setUp({ credentials: async () => temporary(`${(given += 1)}`) });
    for (let index = 1; index < 20; index += 1) setting.s3.addKey({ ...temporary(`${index}`), expired: true });
    setting.s3.putObject("models", "model.gguf", "weights");
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_CREDENTIALS_EXPIRED" });
    expect(given).toBeLessThanOrEqual(12);
  });

  test("that stay refused in the middle of a transfer are an error as well, and what has arrived is kept", async () => {
    let given = 0;
    const setting = await setUp({
      maxConnectionsPerTransfer: 1,
      credentials: async () => temporary(`${(given += 1)}`),
    });
    setting.s3.addKey(temporary("1"));
    for (let index = 2; index < 40; index += 1) setting.s3.addKey({ ...temporary(`${index}`), expired: true });
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "cut", afterBytes: 12 * mebibyte, times: 1, when: ofGet });
    whenAsked(setting, isSecondGet(setting), () => setting.s3.addKey({ ...temporary("1"), expired: true }));
    expect(await setting.failure("s3://models/model.gguf")).toMatchObject({ code: "S3_CREDENTIALS_EXPIRED" });
    expect(given).toBeLessThanOrEqual(12);
    setting.s3.addKey(temporary(`${given}`));
    expect((await setting.fetch("s3://models/model.gguf")).reusedBytes).toBeGreaterThanOrEqual(11 * mebibyte);
  });

  test("that stay refused stop a whole directory, and none of its files tries to go on", async () => {
    let given = 0;
    const setting = await setUp({ credentials: async () => temporary(`${(given += 1)}`) });
    setting.s3.addKey(temporary("1"));
    for (let index = 2; index < 200; index += 1) setting.s3.addKey({ ...temporary(`${index}`), expired: true });
    for (let index = 0; index < 30; index += 1)
      setting.s3.putObject("models", `m/${index}`, `${index}`, { checksums: [] });
    const isFile = ({ path }: { readonly path: string }): boolean => path.startsWith("/models/m");
    whenAsked(setting, isFile, () => setting.s3.addKey({ ...temporary("1"), expired: true }));
    expect(await setting.failure("s3://models/m/")).toMatchObject({ code: "S3_CREDENTIALS_EXPIRED" });
    expect(given).toBeLessThanOrEqual(7);
  });

  test("a signature that is too old is made anew: 403 in the middle of hours", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const setting = await setUp({ maxConnectionsPerTransfer: 1 });
    setting.s3.putObject("models", "model.gguf", large(1));
    setting.s3.inject({ kind: "cut", afterBytes: 12 * mebibyte, times: 1, when: ofGet });
    whenAsked(setting, isSecondGet(setting), () => vi.setSystemTime(Date.now() + 3_600_000));
    await setting.fetch("s3://models/model.gguf");
    const signatures = setting.s3.requests.filter(ofGet).map(({ path }) => /X-Amz-Date=(\w+)/.exec(path)?.[1]);
    expect(new Set(signatures).size).toBe(2);
    expect(await sha256(setting)).toBe(sha256Of(large(1)));
  });

  test("one that the fetcher was not made with is fetched all the same, from another fetcher's plan", async () => {
    const setting = await setUp();
    setting.s3.putObject("models", "model.gguf", "weights");
    const plan = await setting.plan("s3://models/model.gguf");
    const { ingest, dispose } = await tempIngest();
    onTestFinished(dispose);
    expect(await s3Fetcher(setting.options).fetch(plan, ingest, fetchContext())).toMatchObject({
      files: [{ sizeBytes: 7 }],
    });
  });
});

test("an abort while credentials are looked for is prompt", async () => {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const setting = await setUp({
    async credentials() {
      resolve();
      return new Promise(() => {});
    },
  });
  const controller = new AbortController();
  const planning = setting.plan("s3://models/model.gguf", { signal: controller.signal });
  await asked;
  controller.abort("enough");
  await expect(planning).rejects.toBe("enough");
});
