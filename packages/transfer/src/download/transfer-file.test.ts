import { createHash } from "node:crypto";
import { getEventListeners } from "node:events";
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { errorFactory, parseDigest } from "@llama-orch/catalog-core";
import { expect } from "vitest";
import { contentOf, tooManyRequests } from "../../../../tools/fault-server/src/index.ts";
import { generated, mebibyte, sha256Of, test } from "../testing/transferring.ts";
import { transferFile } from "./transfer-file.ts";
import type { TransferProgress } from "./transfer-options.ts";

const path = "/model.gguf";
const large = generated(6 * mebibyte);

test("a file arrives whole, in one request, with its digest and validators", async ({ setting }) => {
  setting.server.put(path, { content: large, etag: '"v1"', lastModified: new Date("2026-01-02T03:04:05Z") });
  const result = await setting.transfer(path);
  expect(result).toEqual({
    sizeBytes: large.sizeBytes,
    digests: [`sha256:${sha256Of(large)}`],
    checksums: [],
    validators: { etag: '"v1"', lastModified: "Fri, 02 Jan 2026 03:04:05 GMT" },
    resumedFrom: 0,
    movedBytes: large.sizeBytes,
    attempts: 1,
    restarts: 0,
    source: `${setting.server.origin}${path}`,
  });
  expect(await setting.arrived()).toEqual({ sizeBytes: large.sizeBytes, sha256: sha256Of(large) });
  expect(setting.server.requests.map(({ method, range }) => ({ method, range }))).toEqual([
    { method: "GET", range: undefined },
  ]);
});

test.for([
  ["small", generated(1_000), undefined],
  ["in parts", large, undefined],
  ["of unknown length", large, { kind: "chunked" }],
] as const)("checksums are computed in the same pass: %s", async ([, content, fault], { setting }) => {
  setting.server.put(path, { content });
  if (fault !== undefined) setting.server.inject(fault);
  const { digests, checksums } = await setting.transfer(path, { checksums: ["crc32", "sha1"] });
  const bytes = contentOf(content);
  const sha1 = createHash("sha1").update(bytes).digest("hex");
  expect(checksums).toEqual([`crc32:${crc32(bytes).toString(16).padStart(8, "0")}`, `sha1:${sha1}`]);
  expect(digests).toEqual([`sha256:${sha256Of(content)}`]);
});

test("what is asked for is never compressed on the way", async ({ setting }) => {
  setting.server.put(path, { content: large });
  await setting.transfer(path);
  expect(setting.server.requests[0]?.headers).toMatchObject({ "accept-encoding": "identity" });
});

test.for([0, 1, 1_000, 256 * 1024, 256 * 1024 + 1])("a file of %i bytes", async (sizeBytes, { setting }) => {
  const content = generated(sizeBytes);
  setting.server.put(path, { content });
  const result = await setting.transfer(path, { algorithms: ["sha256", "sha512"] });
  expect(result.digests[0]).toBe(`sha256:${sha256Of(content)}`);
  expect(result.digests[1]).toMatch(/^sha512:[0-9a-f]{128}$/);
  expect(await setting.arrived()).toEqual({ sizeBytes, sha256: sha256Of(content) });
});

test("progress begins at once, only grows, and ends with the whole", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const told: TransferProgress[] = [];
  await setting.transfer(path, { onProgress: (progress) => void told.push(progress) });
  const seen = told.map(({ receivedBytes }) => receivedBytes);
  for (const each of told) expect(each).toMatchObject({ totalBytes: large.sizeBytes, attempt: 1 });
  expect(seen[0]).toBe(0);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(large.sizeBytes);
});

test("several connections bring one slow file, and each byte once", async ({ setting }) => {
  const content = generated(24 * mebibyte);
  setting.server.put(path, { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  const result = await setting.transfer(path);
  expect(await setting.arrived()).toEqual({ sizeBytes: content.sizeBytes, sha256: sha256Of(content) });
  expect(result.movedBytes).toBe(content.sizeBytes);
  expect(setting.server.connections).toBeGreaterThan(2);
  // Nobody reads over what others bring: what is sent twice is what was on its way when a connection was cut short.
  expect(setting.server.bodyBytesSent).toBeLessThan(1.5 * content.sizeBytes);
  expect(setting.server.requests.slice(1).every(({ headers }) => headers["if-range"] !== undefined)).toBe(true);
});

test("a budget of connections is kept over all transfers of one client", async ({ setting }) => {
  const client = setting.openClient({ maxConnections: 3 });
  let most = 0;
  for (const name of ["a", "b", "c"]) setting.server.put(`/${name}`, { content: generated(8 * mebibyte, name) });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  const onProgress = (): void => void (most = Math.max(most, setting.server.openConnections));
  const folder = setting.target.path;
  await Promise.all(
    ["a", "b", "c"].map((name) =>
      transferFile(
        { url: `${setting.server.origin}/${name}` },
        { path: `${folder}-${name}`, existingBytes: 0, journalPath: `${folder}-${name}.journal` },
        { client, onProgress, signal: new AbortController().signal },
      ),
    ),
  );
  expect(most).toBeLessThanOrEqual(3);
  expect(most).toBeGreaterThan(1);
});

test("a connection that breaks off is gone on from where it broke", async ({ setting }) => {
  setting.server.put(path, { content: large, etag: '"v1"' });
  setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ attempts: 2, restarts: 0, movedBytes: large.sizeBytes });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
  const [, second] = setting.server.requests;
  expect(second?.range).toEqual({ from: 4 * mebibyte, to: undefined });
  expect(second?.headers["if-range"]).toBe('"v1"');
});

test("another call goes on from what an earlier one left, and no byte moves twice", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const cut = setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte });
  await expect(setting.transfer(path, { maxRetries: 0 })).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
  cut.withdraw();
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ resumedFrom: 4 * mebibyte, movedBytes: 2 * mebibyte, attempts: 1 });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("when all of it was here, one byte is asked for, and none is written", async ({ setting }) => {
  setting.server.put(path, { content: large });
  await setting.transfer(path);
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ resumedFrom: large.sizeBytes, movedBytes: 0, digests: [`sha256:${sha256Of(large)}`] });
  expect(setting.server.requests[1]?.bodyBytesSent).toBe(1);
});

test("a source that was replaced between two calls begins anew, and says so", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const cut = setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte });
  await expect(setting.transfer(path, { maxRetries: 0 })).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
  cut.withdraw();
  const other = generated(6 * mebibyte, "other");
  setting.server.put(path, { content: other });
  const said: string[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (message: string) => void said.push(message) };
  const result = await setting.transfer(path, { logger });
  expect(result).toMatchObject({ resumedFrom: 0, restarts: 1, digests: [`sha256:${sha256Of(other)}`] });
  expect(said).toHaveLength(1);
  expect((await setting.arrived()).sha256).toBe(sha256Of(other));
});

test("a source that is replaced while it is fetched is fetched as it is then", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const other = generated(5 * mebibyte, "other");
  const cut = setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  void cut.acted.then(() => setting.server.put(path, { content: other }));
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ sizeBytes: other.sizeBytes, restarts: 1, digests: [`sha256:${sha256Of(other)}`] });
  expect(await setting.arrived()).toEqual({ sizeBytes: other.sizeBytes, sha256: sha256Of(other) });
});

test("a source that is replaced again and again is an error that says so", async ({ setting }) => {
  setting.server.put(path, { content: large });
  let versions = 0;
  setting.server.inject({
    kind: "cut",
    afterBytes: mebibyte,
    when() {
      versions += 1;
      setting.server.put(path, { content: generated(6 * mebibyte, versions) });
      return true;
    },
  });
  await expect(setting.transfer(path)).rejects.toMatchObject({ code: "TRANSFER_SOURCE_CHANGED" });
});

test("a server that does no ranges is read over from the start, and what is here is left as it is", async ({
  setting,
}) => {
  setting.server.put(path, { content: large, ranges: false });
  setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ attempts: 2, restarts: 0, movedBytes: large.sizeBytes });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("a server that does no ranges gets one connection, however slow it is", async ({ setting }) => {
  const content = generated(10 * mebibyte);
  setting.server.put(path, { content, ranges: false });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 5 * mebibyte });
  await setting.transfer(path);
  expect((await setting.arrived()).sha256).toBe(sha256Of(content));
  // One may have tried.
  expect(setting.server.bodyBytesSent).toBeLessThan(1.3 * content.sizeBytes);
});

test("a source that does not tell its versions apart begins anew after a break", async ({ setting }) => {
  setting.server.put(path, { content: large, etag: null, lastModified: null });
  setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ restarts: 1 });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("unless a digest decides in the end", async ({ setting }) => {
  setting.server.put(path, { content: large, etag: null, lastModified: null });
  setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  const result = await setting.transfer(path, { decidingDigest: parseDigest(`sha256:${sha256Of(large)}`) });
  expect(result).toMatchObject({ restarts: 0, attempts: 2, movedBytes: large.sizeBytes });
});

test("a weak ETag is none", async ({ setting }) => {
  setting.server.put(path, { content: large, etag: 'W/"v1"', lastModified: null });
  setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ restarts: 1, validators: {} });
});

test("what another boot has written is gone on with only where a digest decides", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const digest = parseDigest(`sha256:${sha256Of(large)}`);
  for (const options of [{}, { decidingDigest: digest }]) {
    const cut = setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte });
    await expect(setting.transfer(path, { maxRetries: 0, ...options })).rejects.toMatchObject({
      code: "TRANSFER_BROKEN_OFF",
    });
    cut.withdraw();
    await asOfAnotherBoot(setting.target.journalPath);
    const result = await setting.transfer(path, options);
    expect(result.resumedFrom).toBe(options.decidingDigest === undefined ? 0 : 4 * mebibyte);
    expect((await setting.arrived()).sha256).toBe(sha256Of(large));
    await rm(setting.target.path);
  }
});

async function asOfAnotherBoot(journalPath: string): Promise<void> {
  const text = await readFile(journalPath, "utf8");
  await writeFile(journalPath, text.replace(/"boot":"[^"]*"/, '"boot":"another"'));
}

test("a file that another program has put in place of what was left is not gone on with", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const cut = setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte });
  await expect(setting.transfer(path, { maxRetries: 0 })).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
  cut.withdraw();
  await writeFile(`${setting.target.path}-2`, contentOf(generated(large.sizeBytes, "other"), 0));
  await rename(`${setting.target.path}-2`, setting.target.path);
  expect(await setting.transfer(path)).toMatchObject({ resumedFrom: 0 });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("an ETag does not come to vouch for bytes that came without one", async ({ setting }) => {
  const decidingDigest = parseDigest(`sha256:${sha256Of(large)}`);
  const leave = async (afterBytes: number): Promise<void> => {
    const cut = setting.server.inject({ kind: "cut", afterBytes });
    await expect(setting.transfer(path, { maxRetries: 0, decidingDigest })).rejects.toMatchObject({
      code: "TRANSFER_BROKEN_OFF",
    });
    cut.withdraw();
  };
  setting.server.put(path, { content: large, etag: '"v1"' });
  await leave(2 * mebibyte);
  setting.server.put(path, { content: generated(large.sizeBytes, "other"), etag: null });
  await leave(4 * mebibyte);
  setting.server.put(path, { content: large, etag: '"v1"' });
  await setting.transfer(path);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("leftovers that were damaged are fetched once more from nothing", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const expectedDigest = parseDigest(`sha256:${sha256Of(large)}`);
  const cut = setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte });
  await expect(setting.transfer(path, { maxRetries: 0, expectedDigest })).rejects.toMatchObject({
    code: "TRANSFER_BROKEN_OFF",
  });
  cut.withdraw();
  const file = await open(setting.target.path, "r+");
  await file.write(Buffer.alloc(10), 0, 10, mebibyte);
  await file.close();
  const result = await setting.transfer(path, { expectedDigest });
  expect(result).toMatchObject({ restarts: 1, resumedFrom: 0, digests: [`sha256:${sha256Of(large)}`] });
});

test("bytes that are not the declared ones are an error", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "corrupt", atByte: 3 * mebibyte });
  const expectedDigest = parseDigest(`sha256:${sha256Of(large)}`);
  await expect(setting.transfer(path, { expectedDigest })).rejects.toMatchObject({
    code: "TRANSFER_DIGEST_MISMATCH",
    category: "digest-mismatch",
  });
});

test("mirrors are tried in their order: one is away, one has other bytes, one is right", async ({ setting }) => {
  const { origin } = setting.server;
  setting.server.put("/other", { content: generated(6 * mebibyte, "other") });
  setting.server.put(path, { content: large });
  const result = await setting.transfer("/absent", {
    expectedDigest: parseDigest(`sha256:${sha256Of(large)}`),
    mirrors: [{ url: `${origin}/other` }, { url: origin + path }],
  });
  expect(result).toMatchObject({ digests: [`sha256:${sha256Of(large)}`], source: origin + path });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("a mirror is asked also when the place before refuses, whatever the caller calls that", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const mine = errorFactory({ MINE: "not-found" })("MINE", { message: "Mine.", hint: "None." });
  const result = await setting.transfer("/absent", {
    expectedDigest: { algorithm: "sha256", hex: sha256Of(large) },
    explainStatus: () => mine,
    mirrors: [{ url: setting.server.origin + path }],
  });
  expect(result.source).toBe(setting.server.origin + path);
});

test("a mirror goes on from what the place before has brought", async ({ setting }) => {
  const { origin } = setting.server;
  setting.server.put(path, { content: large, etag: '"one"' });
  setting.server.put("/mirror", { content: large, etag: '"two"' });
  setting.server.inject({
    kind: "cut",
    afterBytes: 4 * mebibyte,
    when: (request) => request.path === path && request.range === undefined,
  });
  setting.server.inject({ kind: "drop", when: (request) => request.path === path && request.range !== undefined });
  const result = await setting.transfer(path, {
    maxRetries: 1,
    expectedDigest: parseDigest(`sha256:${sha256Of(large)}`),
    mirrors: [{ url: `${origin}/mirror` }],
  });
  expect(result.source).toBe(`${origin}/mirror`);
  expect(result.movedBytes).toBe(large.sizeBytes);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("a mirror is asked as patiently as the place before it, also when that had no time left", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.put("/mirror", { content: large });
  setting.server.inject({ kind: "stall", afterBytes: 0, when: (request) => request.path === path });
  setting.server.inject({ kind: "status", status: 502, times: 2, when: (request) => request.path === "/mirror" });
  const result = await setting.transfer(path, {
    attemptTimeoutMs: 300,
    maxRetries: 2,
    expectedDigest: parseDigest(`sha256:${sha256Of(large)}`),
    mirrors: [{ url: `${setting.server.origin}/mirror` }],
  });
  expect(result).toMatchObject({ source: `${setting.server.origin}/mirror`, attempts: 5 });
});

test("mirrors without a digest are a mistake of the caller", async ({ setting }) => {
  await expect(setting.transfer(path, { mirrors: [{ url: setting.server.origin }] })).rejects.toMatchObject({
    code: "TRANSFER_OPTION_INVALID",
  });
});

test("an abort is prompt, rejects with its own reason, and keeps what has come", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const stalled = setting.server.inject({ kind: "stall", afterBytes: 4 * mebibyte });
  const controller = new AbortController();
  const reason = { because: "changed its mind" };
  const begun = Promise.withResolvers<void>();
  const onProgress = ({ receivedBytes }: TransferProgress): void => void (receivedBytes > 0 && begun.resolve());
  const ended = setting.transfer(path, { signal: controller.signal, onProgress }).then(
    () => undefined,
    (error: unknown) => ({ error, atMs: performance.now() }),
  );
  await stalled.acted;
  await begun.promise;
  const abortedMs = performance.now();
  controller.abort(reason);
  const outcome = await ended;
  expect(outcome?.error).toBe(reason);
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  // A guard against a hang; that it takes no 100 ms is shown by the benchmarks.
  expect((outcome?.atMs ?? Infinity) - abortedMs).toBeLessThan(5_000);
  stalled.withdraw();
  const result = await setting.transfer(path);
  expect(result.resumedFrom).toBeGreaterThan(0);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("an aborted signal starts nothing", async ({ setting }) => {
  await expect(setting.transfer(path, { signal: AbortSignal.abort("no") })).rejects.toBe("no");
  expect(setting.server.connections).toBe(0);
});

test("a line that stalls is dropped, and another one goes on", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "stall", afterBytes: 2 * mebibyte, times: 1 });
  const client = setting.openClient({ stallTimeoutMs: 200 });
  const result = await setting.transfer(path, { client });
  expect(result).toMatchObject({ attempts: 2, movedBytes: large.sizeBytes });
});

test("a line that drips, head or body, is as good as dead", async ({ setting }) => {
  setting.server.put(path, { content: large });
  const client = setting.openClient({ stallTimeoutMs: 200, answerTimeoutMs: 200 });
  for (const part of ["head", "body"] as const) {
    const drip = setting.server.inject({ kind: "drip", bytesPerSecond: 50, part });
    await expect(setting.transfer(path, { client, maxRetries: 1 })).rejects.toMatchObject({ code: "TRANSFER_STALLED" });
    drip.withdraw();
  }
});

test("a server that wants less is given less, and what it asks to wait is waited", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ ...tooManyRequests("0"), times: 2 });
  setting.server.inject({
    kind: "status",
    status: 503,
    headers: { "Retry-After": new Date().toUTCString() },
    times: 3,
  });
  const result = await setting.transfer(path);
  expect(result.attempts).toBeGreaterThan(2);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("one that asks to wait for longer than is allowed is told of at once", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject(tooManyRequests("3600"));
  await expect(setting.transfer(path)).rejects.toMatchObject({
    code: "TRANSFER_RATE_LIMITED",
    facts: { retryAfterSeconds: 3600, status: 429 },
  });
  expect(setting.server.requests).toHaveLength(1);
});

test.for([
  [401, "TRANSFER_UNAUTHORIZED"],
  [403, "TRANSFER_FORBIDDEN"],
  [404, "TRANSFER_NOT_FOUND"],
  [410, "TRANSFER_NOT_FOUND"],
  [400, "TRANSFER_STATUS"],
  [501, "TRANSFER_STATUS"],
] as const)("status %i is %s, at the first try", async ([status, code], { setting }) => {
  setting.server.inject({ kind: "status", status });
  await expect(setting.transfer(path)).rejects.toMatchObject({ code, facts: { status } });
  expect(setting.server.requests).toHaveLength(1);
  expect(setting.isThere()).toBe(false);
});

test("a server in trouble is asked again, as often as that is allowed", async ({ setting }) => {
  setting.server.inject({ kind: "status", status: 502 });
  await expect(setting.transfer(path, { maxRetries: 3 })).rejects.toMatchObject({
    code: "TRANSFER_STATUS",
    facts: { status: 502 },
  });
  expect(setting.server.requests).toHaveLength(4);
});

test("tries that bring something new do not count", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "cut", afterBytes: 1.5 * mebibyte });
  const result = await setting.transfer(path, { maxRetries: 1 });
  expect(result.attempts).toBeGreaterThan(2);
  expect(result.movedBytes).toBe(large.sizeBytes);
});

test("a signed URL that expires while its file is fetched is made anew", async ({ setting }) => {
  setting.server.put("/signed", { content: large });
  let signatures = 0;
  setting.server.redirect(path, () => `/signed?signature=${(signatures += 1)}`);
  setting.server.inject({
    kind: "cut",
    afterBytes: 3 * mebibyte,
    times: 1,
    when: (request) => request.path.startsWith("/signed"),
  });
  setting.server.inject({
    kind: "status",
    status: 403,
    when: (request) => request.path === "/signed?signature=1" && request.range !== undefined,
  });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ movedBytes: large.sizeBytes, restarts: 0 });
  expect(signatures).toBe(2);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("a hook gives a new URL for one that was refused", async ({ setting }) => {
  setting.server.put("/signed", { content: large });
  let signatures = 0;
  setting.server.inject({ kind: "status", status: 403, when: (request) => request.path === "/signed?signature=1" });
  const url = async (): Promise<{ url: string }> => ({
    url: `${setting.server.origin}/signed?signature=${(signatures += 1)}`,
  });
  await setting.transfer({ url });
  expect(signatures).toBe(2);
});

test("one that is refused anew is an error, not a loop", async ({ setting }) => {
  setting.server.inject({ kind: "status", status: 403 });
  let signatures = 0;
  const url = async (): Promise<{ url: string }> => ({
    url: `${setting.server.origin}/signed?signature=${(signatures += 1)}`,
  });
  await expect(setting.transfer({ url })).rejects.toMatchObject({ code: "TRANSFER_FORBIDDEN" });
  expect(signatures).toBe(2);
});

test("the whole transfer, and each attempt, may have a time limit", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "stall", afterBytes: 1_000 });
  await expect(setting.transfer(path, { timeoutMs: 100 })).rejects.toMatchObject({
    code: "TRANSFER_TIMEOUT",
    facts: { timeoutMs: 100 },
  });
  await expect(setting.transfer(path, { attemptTimeoutMs: 50, maxRetries: 2 })).rejects.toMatchObject({
    code: "TRANSFER_TIMEOUT",
  });
});

test("an attempt that took too long is gone on from by the next one", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "stall", afterBytes: 4 * mebibyte, times: 1 });
  const result = await setting.transfer(path, { attemptTimeoutMs: 500 });
  expect(result).toMatchObject({ attempts: 2, movedBytes: large.sizeBytes });
});
