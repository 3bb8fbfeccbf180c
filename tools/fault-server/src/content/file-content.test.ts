import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { fileContent, contentOf, etagOf, sha256Of } from "./file-content.ts";

test("any part is what the whole has there", () => {
  const spec = { sizeBytes: 300_003, seed: "parts" };
  const whole = contentOf(spec);
  expect(whole).toHaveLength(300_003);
  for (const [start, end] of [
    [0, 1],
    [15, 17],
    [16, 32],
    [65_535, 65_538],
    [17, 300_003],
    [300_003, 300_003],
  ] as const) {
    expect(contentOf(spec, start, end).equals(whole.subarray(start, end))).toBe(true);
  }
});

test("the offset may lie beyond four gigabytes", () => {
  const content = fileContent({ sizeBytes: 2 ** 40, seed: 7 });
  expect(Buffer.from(content.read(2 ** 38 - 5, 64)).subarray(5)).toEqual(Buffer.from(content.read(2 ** 38, 59)));
});

test("another seed gives other bytes", () => {
  expect(contentOf({ sizeBytes: 64, seed: 1 })).not.toEqual(contentOf({ sizeBytes: 64, seed: 2 }));
});

test("digests and ETags are of the bytes, or of what makes them", () => {
  const spec = { sizeBytes: 300_000, seed: 3 };
  expect(sha256Of(spec)).toBe(hash("sha256", contentOf(spec)));
  expect(sha256Of(spec)).toBe(sha256Of(contentOf(spec)));
  expect(etagOf(spec)).toBe(etagOf({ ...spec }));
  expect(etagOf(spec)).not.toBe(etagOf({ ...spec, seed: 4 }));
  expect(etagOf(Buffer.from("one"))).not.toBe(etagOf(Buffer.from("other")));
});
