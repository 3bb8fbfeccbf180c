import { hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { formatDigest, isSameDigest, parseDigest } from "./digest.ts";

const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("the sha256 of abc", () => {
  const digest = parseDigest(`sha256:${sha256}`);
  expect(digest).toEqual({ algorithm: "sha256", hex: sha256 });
  expect(formatDigest(digest)).toBe(`sha256:${hash("sha256", "abc")}`);
});

test("an object and its text are the same digest, and sha512 is one too", () => {
  expect(parseDigest({ algorithm: "sha256", hex: sha256.toUpperCase() })).toEqual(parseDigest(`sha256:${sha256}`));
  const sha512 = hash("sha512", "abc");
  expect(formatDigest(parseDigest(`sha512:${sha512}`))).toBe(`sha512:${sha512}`);
});

test("digests are the same when algorithm and hex are", () => {
  const abc = parseDigest(`sha256:${sha256}`);
  expect(isSameDigest(abc, parseDigest(`sha256:${sha256}`))).toBe(true);
  expect(isSameDigest(abc, parseDigest(`sha256:${hash("sha256", "abd")}`))).toBe(false);
  expect(isSameDigest(abc, parseDigest(`sha512:${hash("sha512", "abc")}`))).toBe(false);
});

function expectInvalid(text: string): void {
  const error = thrownBy(() => parseDigest(text));
  expect(error).toMatchObject({ code: "DIGEST_INVALID", category: "usage" });
  expect(error.hint).toContain("sha256:<64 hex digits>");
}

test("defect 7: hex is compared in one case, and validated", () => {
  expect(parseDigest(`sha256:${sha256.toUpperCase()}`).hex).toBe(sha256);
  expectInvalid(`sha256:${sha256.slice(1)}`);
  expectInvalid(`sha256:${sha256}0`);
  expectInvalid(`sha256:${sha256.slice(1)}g`);
  expectInvalid(`sha512:${sha256}`);
  expectInvalid("sha256:");
});

describe("defect 15: another algorithm is an error, and never left unverified", () => {
  test.each([
    [`SHA-256:${sha256}`],
    [`SHA256:${sha256}`],
    [`sha-256:${sha256}`],
    ["md5:900150983cd24fb0d6963f7d28e17f72"],
    ["sha1:a9993e364706816aba3e25717850c26c9cd0d89d"],
    [`toString:${sha256}`],
    [`__proto__:${sha256}`],
    [sha256],
    [""],
  ])("%s", expectInvalid);
});

test("a long text is shortened in the message", () => {
  const error = thrownBy(() => parseDigest(`sha256:${"0".repeat(5000)}`));
  expect(error.message.length).toBeLessThan(300);
  expect(error.facts["digest"]).toMatch(/^sha256:0+…$/);
});
