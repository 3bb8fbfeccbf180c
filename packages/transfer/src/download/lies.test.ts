import { isModelError, parseDigest } from "@llama-orch/catalog-core";
import { expect } from "vitest";
import { contentOf, type FaultEffect } from "../../../../tools/fault-server/src/index.ts";
import type { TransferErrorCode } from "../errors.ts";
import { generated, mebibyte, sha256Of, test } from "../testing/transferring.ts";

const path = "/model.gguf";
const small = generated(1_000);
const large = generated(3 * mebibyte);
const digestOf = (content: { sizeBytes: number; seed: number | string }): ReturnType<typeof parseDigest> =>
  parseDigest(`sha256:${sha256Of(content)}`);

const lies: readonly (readonly [what: string, lie: FaultEffect, code: TransferErrorCode])[] = [
  ["a length that is too long", { kind: "content-length", bytes: large.sizeBytes + 1 }, "TRANSFER_SOURCE_CHANGED"],
  ["no number for a length", { kind: "content-length", bytes: "many" }, "TRANSFER_ANSWER_INVALID"],
  ["a negative length", { kind: "content-length", bytes: "-1" }, "TRANSFER_ANSWER_INVALID"],
  ["two lengths", { kind: "content-length-twice", values: [5, 6] }, "TRANSFER_ANSWER_INVALID"],
  ["a length, and chunks", { kind: "length-and-chunked" }, "TRANSFER_ANSWER_INVALID"],
  ["a part that nobody asked for", { kind: "unasked-range" }, "TRANSFER_ANSWER_INVALID"],
  ["chunks that end too soon", { kind: "chunked-truncated", afterBytes: mebibyte }, "TRANSFER_BROKEN_OFF"],
  ["a chunk without a size", { kind: "chunked-malformed" }, "TRANSFER_ANSWER_INVALID"],
  ["a chunk that is longer than it says", { kind: "chunked-malformed", what: "end" }, "TRANSFER_ANSWER_INVALID"],
  ["no end that can be told from an accident", { kind: "no-length" }, "TRANSFER_LENGTH_UNKNOWN"],
  ["an encoding that was not asked for", { kind: "encoding", encoding: "gzip" }, "TRANSFER_ENCODED"],
  ["a page to log in", { kind: "html" }, "TRANSFER_HTML_PAGE"],
  ["no status line", { kind: "bad-status-line", text: "SSH-2.0-OpenSSH" }, "TRANSFER_ANSWER_INVALID"],
  ["a head without an end", { kind: "long-head", bytes: 100_000 }, "TRANSFER_ANSWER_INVALID"],
];

test.for(lies)(
  "%s: a typed error, and nothing that could be taken for the file",
  async ([, lie, code], { setting }) => {
    setting.server.put(path, { content: large });
    setting.server.inject(lie);
    await expect(setting.transfer(path, { maxRetries: 2 })).rejects.toMatchObject({ code });
  },
);

const worthAnotherTry = lies.filter(([, { kind }]) => !["encoding", "no-length", "html"].includes(kind));

test.for(worthAnotherTry)("%s, once: the next try succeeds", async ([, lie], { setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ ...lie, times: 1 });
  const { digests } = await setting.transfer(path);
  expect(digests).toEqual([`sha256:${sha256Of(large)}`]);
});

const liesOfParts: readonly (readonly [what: string, lie: FaultEffect])[] = [
  ["another first byte", { kind: "content-range", from: 5 }],
  ["another last byte", { kind: "content-range", to: 5 }],
  ["another total", { kind: "content-range", total: 5 * mebibyte }],
  ["no total", { kind: "content-range", total: "*" }],
  ["nonsense", { kind: "content-range", text: "bytes" }],
  ["no Content-Range", { kind: "no-content-range" }],
  ["several parts in one", { kind: "multipart" }],
];

test.for(liesOfParts)("a part with %s is none of the file", async ([, lie], { setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "cut", afterBytes: mebibyte, times: 1 });
  const lying = setting.server.inject({ ...lie, when: ({ range }) => range !== undefined });
  const outcome = await setting.transfer(path, { maxRetries: 2 }).then(
    ({ digests }) => digests[0],
    (error: unknown) => (isModelError(error) ? error.code : error),
  );
  // A total of another version is met by the whole file.
  expect(["TRANSFER_ANSWER_INVALID", `sha256:${sha256Of(large)}`]).toContain(outcome);
  expect(lying.count()).toBeGreaterThan(0);
  lying.withdraw();
  await setting.transfer(path);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("a part that cannot be had begins the file anew", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "cut", afterBytes: mebibyte, times: 1 });
  setting.server.inject({ kind: "range-not-satisfiable", times: 1, when: ({ range }) => range !== undefined });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ restarts: 1 });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("the whole file in place of a part, of another version: never two in one", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "cut", afterBytes: mebibyte, times: 1 });
  setting.server.inject({ kind: "etag", value: '"other"', when: ({ range }) => range !== undefined });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ restarts: 1 });
});

test("parts of another version, though the server was told which one is wanted: never two in one", async ({
  setting,
}) => {
  setting.server.put(path, { content: large });
  const other = generated(large.sizeBytes, "other");
  const cut = setting.server.inject({ kind: "cut", afterBytes: mebibyte, times: 1 });
  void cut.acted.then(() => {
    setting.server.put(path, { content: other, etag: '"other"' });
    // It does not look at If-Range.
    setting.server.route(path, async ({ range }, respond) => {
      const from = range?.from ?? 0;
      const status = range === undefined ? "200 OK" : "206 Partial Content";
      const part =
        range === undefined ? "" : `Content-Range: bytes ${from}-${other.sizeBytes - 1}/${other.sizeBytes}\r\n`;
      await respond.write(
        Buffer.from(`HTTP/1.1 ${status}\r\nETag: "other"\r\n${part}Content-Length: ${other.sizeBytes - from}\r\n\r\n`),
      );
      await respond.write(contentOf(other, from));
    });
  });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ restarts: 1, digests: [`sha256:${sha256Of(other)}`] });
  expect((await setting.arrived()).sha256).toBe(sha256Of(other));
});

test("more bytes than were announced belong to nothing", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "surplus", bytes: 100 });
  await setting.transfer(path);
  expect(await setting.arrived()).toEqual({ sizeBytes: large.sizeBytes, sha256: sha256Of(large) });
});

test("chunks are put together, whatever stands between them", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "chunked", chunkBytes: 7_777, extensions: ";a=b", trailers: { Expires: "never" } });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ sizeBytes: large.sizeBytes, digests: [`sha256:${sha256Of(large)}`] });
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});

test("an end by the end of the connection is one where something else tells", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "no-length", httpVersion: "1.0" });
  await setting.transfer(path, { expectedSizeBytes: large.sizeBytes });
  await setting.transfer(path, { decidingDigest: digestOf(large) });
  await expect(setting.transfer(path, { expectedSizeBytes: 5 })).rejects.toMatchObject({
    code: "TRANSFER_SIZE_MISMATCH",
  });
});

test("encoded bytes are taken as they are, where a digest decides", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "encoding", encoding: "gzip" });
  const result = await setting.transfer(path, { decidingDigest: digestOf(large) });
  expect(result.digests).toEqual([`sha256:${sha256Of(large)}`]);
});

test.for([small, large])("a page is recognised by its first bytes, too", async ({ sizeBytes }, { setting }) => {
  const page = Buffer.alloc(sizeBytes, " ").fill("\n <!DOCTYPE html><html>log in</html>", 0, 40);
  setting.server.put(path, { content: page });
  await expect(setting.transfer(path)).rejects.toMatchObject({ code: "TRANSFER_HTML_PAGE" });
  await setting.transfer(path, { mayBeHtml: true });
  expect((await setting.arrived()).sizeBytes).toBe(sizeBytes);
});

test("another length than was declared is an error before a byte is written", async ({ setting }) => {
  setting.server.put(path, { content: large });
  await expect(setting.transfer(path, { expectedSizeBytes: 5 })).rejects.toMatchObject({
    code: "TRANSFER_SIZE_MISMATCH",
    facts: { expected: 5, actual: large.sizeBytes },
  });
  expect(setting.isThere()).toBe(false);
});

test("informational answers are read over", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "informational", repeat: 3 });
  await setting.transfer(path);
  expect((await setting.arrived()).sha256).toBe(sha256Of(large));
});
