import { expect } from "vitest";
import { generated, mebibyte, seededRandom, sha256Of, sha256OfFile, test } from "../testing/transferring.ts";
import { transferFile } from "./transfer-file.ts";

const path = "/model.gguf";
const cuts = 100;
const files = 20;

test("cut at a hundred places, with one connection", { timeout: 120_000 }, async ({ setting }) => {
  const content = generated(2 * mebibyte, "cuts");
  setting.server.put(path, { content });
  const random = seededRandom(5);
  for (let cut = 0; cut < cuts; cut += 1) {
    const afterBytes = Math.floor(random() * content.sizeBytes);
    const how = random() < 0.5 ? "fin" : "reset";
    const fault = setting.server.inject({ kind: "cut", afterBytes, how, times: 1 });
    const result = await setting.transfer(path, { maxConnections: 1, maxRetries: 2 });
    expect((await setting.arrived()).sha256, `cut after ${afterBytes} bytes`).toBe(sha256Of(content));
    expect(result.movedBytes + result.resumedFrom).toBe(content.sizeBytes);
    fault.withdraw();
    await setting.forget();
  }
});

test("cut at a hundred places, with several connections", { timeout: 120_000 }, async ({ setting }) => {
  const { server, target } = setting;
  const content = generated(8 * mebibyte, "cuts");
  server.put(path, { content });
  server.inject({ kind: "throttle", bytesPerSecond: 3 * mebibyte });
  // Of nine in ten answers the connection is cut somewhere.
  server.inject({ kind: "random-reset", probability: 0.9, seed: 6 });
  for (let round = 0; server.requests.length < cuts + files * (round + 1) && round < 4; round += 1) {
    // Beside each other, with connections of their own: all wait for the throttle.
    await Promise.all(
      Array.from({ length: files }, async (_none, index) => {
        const own = {
          path: `${target.path}-${index}`,
          existingBytes: 0,
          journalPath: `${target.journalPath}-${round}-${index}`,
        };
        const { signal } = new AbortController();
        const source = { url: server.origin + path };
        const options = { client: setting.openClient(), signal, baseDelayMs: 0, maxDelayMs: 0, maxRetries: 200 };
        const result = await transferFile(source, own, { ...options, random: seededRandom(index) });
        expect(await sha256OfFile(own.path), `round ${round}`).toBe(sha256Of(content));
        expect(result.movedBytes).toBe(content.sizeBytes);
      }),
    );
  }
  expect(server.requests.length).toBeGreaterThan(cuts + files);
  expect(server.requests.some(({ range }) => range?.to !== undefined)).toBe(true);
});
