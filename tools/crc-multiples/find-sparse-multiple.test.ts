import { expect, test } from "vitest";
import { crcPolynomials } from "../../packages/hashing/src/checksum/crc-polynomials.ts";
import { findSparseMultiple } from "./find-sparse-multiple.ts";

// That of 64 bits takes minutes.
test.each(["crc32", "crc32c"] as const)("finds what %s is computed by", (name) => {
  const polynomial = crcPolynomials[name];
  expect(findSparseMultiple(polynomial)).toEqual(polynomial.sparseMultiple);
});
