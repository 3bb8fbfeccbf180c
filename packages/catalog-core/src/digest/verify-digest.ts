import { type Digest, formatDigest, isSameDigest } from "./digest.ts";

/** `pass`: equal. `fail`: different, or not comparable. `warn`: nothing was expected, so nothing was proved. */
export interface DigestVerdict {
  readonly outcome: "pass" | "fail" | "warn";
  readonly reason: string;
}

/** Compares what the bytes are with what they should be. Never throws, never guesses. */
export function verifyDigest(actual: Digest | undefined, expected: Digest | undefined): DigestVerdict {
  if (expected === undefined) return { outcome: "warn", reason: "no digest was expected" };
  if (actual === undefined)
    return { outcome: "fail", reason: `expected ${formatDigest(expected)}, and there is no actual digest` };
  if (actual.algorithm !== expected.algorithm) {
    return {
      outcome: "fail",
      reason: `expected a ${expected.algorithm} digest, and the actual one is ${actual.algorithm}`,
    };
  }
  if (!isSameDigest(actual, expected)) {
    return { outcome: "fail", reason: `expected ${formatDigest(expected)}, got ${formatDigest(actual)}` };
  }
  return { outcome: "pass", reason: `${expected.algorithm} matches` };
}
