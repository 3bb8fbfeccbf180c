import { expect, test } from "vitest";
import { ByteRate } from "./byte-rate.ts";

test("a rate is told once there is enough to tell it from", () => {
  const rate = new ByteRate();
  expect(rate.bytesPerSecond).toBeUndefined();
  rate.add(0, 0);
  rate.add(100, 200);
  expect(rate.bytesPerSecond).toBeUndefined();
  rate.add(300, 600);
  expect(rate.bytesPerSecond).toBe(500);
});

test("it follows the last seconds, not the average since the start", () => {
  const rate = new ByteRate();
  for (let second = 0; second <= 10; second += 1) rate.add(second * 1000, second * 1000);
  for (let second = 11; second <= 20; second += 1) rate.add(10_000 + (second - 10) * 50, second * 1000);
  expect(rate.bytesPerSecond).toBe(50);
});

test("samples that come too fast are not kept", () => {
  const rate = new ByteRate();
  for (let ms = 0; ms <= 1000; ms += 1) rate.add(ms, ms);
  expect(rate.bytesPerSecond).toBe(1000);
});
