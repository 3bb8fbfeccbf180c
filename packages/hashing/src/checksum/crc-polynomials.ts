/** What a CRC divides by. */
export interface CrcPolynomial {
  /** The value begins with all of them set, and all are turned over in the end. */
  readonly bits: 32 | 64;
  /** The coefficient of the highest power is the lowest bit. */
  readonly reflected: bigint;
  /**
   * Exponents of y = x^128 whose powers add up to a multiple of the polynomial, ascending from 0; see crc-module.ts. Found by
   * tools/crc-multiples; that they are right is shown by any value that is.
   */
  readonly sparseMultiple: readonly number[];
}

export type CrcAlgorithm = "crc32" | "crc32c" | "crc64nvme";

/** Those of Ethernet, of Castagnoli, and of NVMe. */
export const crcPolynomials: Readonly<Record<CrcAlgorithm, CrcPolynomial>> = {
  crc32: { bits: 32, reflected: 0xed_b8_83_20n, sparseMultiple: [0, 79, 85, 123, 186, 203] },
  crc32c: { bits: 32, reflected: 0x82_f6_3b_78n, sparseMultiple: [0, 14, 39, 54, 144, 209] },
  crc64nvme: {
    bits: 64,
    reflected: 0x9a_6c_93_29_ac_4b_c9_b5n,
    sparseMultiple: [0, 166, 237, 322, 498, 506, 579, 953, 1192],
  },
};
