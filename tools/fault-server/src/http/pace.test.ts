import { expect, test } from "vitest";
import { pace } from "./pace.ts";

test("slices are small, and never nothing", () => {
  expect(pace(1_000_000).sliceBytes).toBe(10_000);
  expect(pace(3).sliceBytes).toBe(1);
  expect(pace(1_000_000, 1).sliceBytes).toBe(1);
});

test("each slice has its moment, and waits for it", async () => {
  const { signal } = new AbortController();
  const steps = pace(1000);
  const began = performance.now();
  for (let count = 0; count < 5; count++) await steps.next(10, signal);
  expect(performance.now() - began).toBeGreaterThan(49);
});

test("the wait ends with the connection", async () => {
  const gone = new AbortController();
  const waiting = pace(1).next(1000, gone.signal);
  gone.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
