import { expect } from "vitest";
import { generated, mebibyte, seededRandom, sha256Of, test } from "../testing/transferring.ts";

const path = "/model.gguf";
const cuts = 100;

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
  const content = generated(8 * mebibyte, "cuts");
  setting.server.put(path, { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 3 * mebibyte });
  const random = seededRandom(6);
  let met = 0;
  // Of nine in ten answers the connection is cut somewhere.
  setting.server.inject({ kind: "random-reset", probability: 0.9, seed: 6 });
  for (let round = 0; met < cuts && round < 40; round += 1) {
    const before = setting.server.requests.length;
    const result = await setting.transfer(path, { maxRetries: 200, random });
    expect((await setting.arrived()).sha256, `round ${round}`).toBe(sha256Of(content));
    expect(result.movedBytes).toBe(content.sizeBytes);
    met += setting.server.requests.length - before - 1;
    await setting.forget();
  }
  expect(met).toBeGreaterThanOrEqual(cuts);
});
