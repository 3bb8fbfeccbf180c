import { parseDigest } from "@llama-orch/catalog-core";
import { expect } from "vitest";
import { generated, mebibyte, sha256Of, test } from "../testing/transferring.ts";

const path = "/model.gguf";
const large = generated(6 * mebibyte);

test("a file without a length has the validators that came with it", async ({ setting }) => {
  setting.server.put(path, { content: large, etag: '"v1"' });
  setting.server.inject({ kind: "chunked" });
  expect(await setting.transfer(path)).toMatchObject({ validators: { etag: '"v1"' }, sizeBytes: large.sizeBytes });
});

test("an end that comes too soon by the end of the connection is tried again", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "no-length" });
  const cut = setting.server.inject({ kind: "cut", afterBytes: mebibyte, times: 2 });
  const result = await setting.transfer(path, { expectedSizeBytes: large.sizeBytes });
  expect(result).toMatchObject({ attempts: 3, digests: [`sha256:${sha256Of(large)}`] });
  expect(cut.count()).toBe(2);
});

test("what is longer than was declared is never more than the whole", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "chunked" });
  const seen: number[] = [];
  const transferred = setting.transfer(path, {
    expectedSizeBytes: mebibyte,
    onProgress: ({ receivedBytes }) => void seen.push(receivedBytes),
  });
  await expect(transferred).rejects.toMatchObject({ code: "TRANSFER_SIZE_MISMATCH" });
  expect(Math.max(...seen)).toBeLessThanOrEqual(mebibyte);
});

test("a file without a length in place of a part begins anew, and not over and over", async ({ setting }) => {
  setting.server.put(path, { content: large });
  setting.server.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 1 });
  const isPart = ({ range }: { readonly range: unknown }): boolean => range !== undefined;
  setting.server.inject({ kind: "ignore-range", when: isPart });
  setting.server.inject({ kind: "chunked", when: isPart });
  const result = await setting.transfer(path, {
    signal: AbortSignal.timeout(4_000),
    decidingDigest: parseDigest(`sha256:${sha256Of(large)}`),
  });
  expect(result).toMatchObject({ restarts: 1, digests: [`sha256:${sha256Of(large)}`] });
  expect(setting.server.requests).toHaveLength(3);
});
