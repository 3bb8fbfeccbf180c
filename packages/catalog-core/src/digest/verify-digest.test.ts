import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { parseDigest } from "./digest.ts";
import { verifyDigest } from "./verify-digest.ts";

const abc = parseDigest(`sha256:${hash("sha256", "abc")}`);
const abd = parseDigest(`sha256:${hash("sha256", "abd")}`);
const long = parseDigest(`sha512:${hash("sha512", "abc")}`);

test("pass: the bytes are the expected ones", () => {
  expect(verifyDigest(abc, parseDigest(`sha256:${abc.hex.toUpperCase()}`))).toEqual({
    outcome: "pass",
    reason: "sha256 matches",
  });
});

test("fail: the reason names both values", () => {
  const verdict = verifyDigest(abc, abd);
  expect(verdict.outcome).toBe("fail");
  expect(verdict.reason).toContain(abc.hex);
  expect(verdict.reason).toContain(abd.hex);
});

test("warn: nothing was expected", () => {
  expect(verifyDigest(abc, undefined).outcome).toBe("warn");
  expect(verifyDigest(undefined, undefined).outcome).toBe("warn");
});

test("defect 15: what cannot be compared fails, and is never taken for verified", () => {
  expect(verifyDigest(abc, long).outcome).toBe("fail");
  expect(verifyDigest(undefined, abc).outcome).toBe("fail");
});
