import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { generatedChunks, generatedSha256 } from "./generated-digest.ts";
import { generatedContent } from "./generated-content.ts";

test("any range is what the whole has there", () => {
  const whole = Buffer.concat([...generatedChunks({ sizeBytes: 1_000_003, seed: "ranges" })]);
  const content = generatedContent({ sizeBytes: 1_000_003, seed: "ranges" });
  expect(whole).toHaveLength(1_000_003);
  for (const [offset, length] of [
    [0, 1],
    [15, 2],
    [16, 16],
    [17, 100_000],
    [262_143, 3],
    [1_000_002, 1],
  ] as const) {
    expect(Buffer.compare(content.read(offset, length), whole.subarray(offset, offset + length))).toBe(0);
  }
});

test("the offset may lie beyond four gigabytes", () => {
  const content = generatedContent({ sizeBytes: 2 ** 40, seed: 7 });
  const near = Buffer.from(content.read(2 ** 38 - 5, 64));
  expect(near.subarray(5)).toEqual(Buffer.from(content.read(2 ** 38, 59)));
});

test("another seed gives other bytes, and none of them comes again", () => {
  const [one, other] = [1, 2].map((seed) => generatedContent({ sizeBytes: 64, seed }).read(0, 64));
  expect(one).not.toEqual(other);
  expect(one).not.toEqual(generatedContent({ sizeBytes: 128, seed: 1 }).read(64, 64));
});

test("the digest is that of the bytes", () => {
  const spec = { sizeBytes: 300_000, seed: 3 };
  const hashing = createHash("sha256");
  for (const chunk of generatedChunks(spec)) hashing.update(chunk);
  expect(generatedSha256(spec)).toBe(hashing.digest("hex"));
});
