import { expect } from "vitest";
import { generated, mebibyte, sha256Of, sha256OfFile, test } from "../testing/transferring.ts";
import { transferFile } from "./transfer-file.ts";

test("one in twenty answers is reset somewhere: all files are right", { timeout: 60_000 }, async ({ setting }) => {
  const { server, client, target } = setting;
  const files = Array.from({ length: 200 }, (_none, index) => ({
    path: `/${index}`,
    content: generated(300_000 + index, index),
  }));
  for (const { path, content } of files) server.put(path, { content });
  const resets = server.inject({ kind: "random-reset", probability: 0.05, seed: 5 });
  const results = await Promise.all(
    files.map(async ({ path, content }) => {
      const own = {
        path: target.path + path.slice(1),
        existingBytes: 0,
        journalPath: target.journalPath + path.slice(1),
      };
      const options = { client, baseDelayMs: 0, maxDelayMs: 0, signal: new AbortController().signal };
      const result = await transferFile({ url: server.origin + path }, own, options);
      expect(await sha256OfFile(own.path)).toBe(sha256Of(content));
      return result;
    }),
  );
  expect(resets.count()).toBeGreaterThan(3);
  expect(results.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(3);
  // A connection serves many files; each reset costs one.
  expect(server.connections).toBeLessThan(8 + 2 * resets.count() + 8);
});

test("one in twenty answers is reset, of a file in many parts", { timeout: 60_000 }, async ({ setting }) => {
  const content = generated(16 * mebibyte);
  setting.server.put("/model.gguf", { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  setting.server.inject({ kind: "random-reset", probability: 0.05, seed: 1 });
  const result = await setting.transfer("/model.gguf");
  expect(result.movedBytes).toBe(content.sizeBytes);
  expect((await setting.arrived()).sha256).toBe(sha256Of(content));
});
