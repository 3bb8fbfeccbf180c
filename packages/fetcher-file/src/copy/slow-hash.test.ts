import { getEventListeners } from "node:events";
import { stat } from "node:fs/promises";
import { fileError } from "@llama-orch/catalog-core";
import { hashGrowingFile } from "@llama-orch/hashing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type CopySetting, copySetting, largeBytes, someBytes } from "../testing/copy-setting.ts";

vi.mock("@llama-orch/hashing", { spy: true });

let setting: CopySetting;

beforeEach(async () => {
  setting = await copySetting();
});
afterEach(async () => {
  vi.resetAllMocks();
  await setting.dispose();
});

test("an abort while only the hash is still at work is prompt, stops the hash, and keeps what is copied", async () => {
  const path = await setting.place("model.gguf", someBytes(largeBytes));
  const reason = Object.freeze({ because: "enough" });
  const enough = new AbortController();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  vi.mocked(hashGrowingFile).mockResolvedValue({
    advance() {},
    offer: () => undefined,
    checksums: [],
    // As one that has a large file to read, until it is stopped.
    async finish() {
      setImmediate(() => enough.abort(reason));
      await stopped;
      throw fileError("FILE_CHANGED", { message: "It ends too early.", hint: "Do not stop it." });
    },
    async [Symbol.asyncDispose]() {
      stop();
    },
  });
  const copying = setting.copy(path, { signal: enough.signal });
  expect(await copying.catch((error: unknown) => error)).toBe(reason);
  expect((await stat(await setting.target("model.gguf"))).size).toBe(largeBytes);
  expect(getEventListeners(enough.signal, "abort")).toEqual([]);
});
