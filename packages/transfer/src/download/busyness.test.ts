import { expect, test } from "vitest";
import { Busyness } from "./busyness.ts";

test("a thread that does nothing else is busy, whatever the machine does", async () => {
  const busyness = new Busyness();
  const until = performance.now() + 250;
  while (performance.now() < until) await Promise.resolve();
  expect(busyness.share).toBeGreaterThan(0.85);
});

test("a share is one, and is the same for a while", () => {
  const busyness = new Busyness();
  expect(busyness.share).toBe(busyness.share);
  expect(busyness.share).toBeGreaterThanOrEqual(0);
  expect(busyness.share).toBeLessThanOrEqual(1);
});
