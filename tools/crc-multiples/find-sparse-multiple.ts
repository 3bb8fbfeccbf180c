// Finds the sparse multiples that `hashing` computes CRCs by, and prints them beside those that it has: `node
// tools/crc-multiples/find-sparse-multiple.ts`. Those of 32 bits take a second, that of 64 bits a minute or two.
import { pathToFileURL } from "node:url";
import { type CrcPolynomial, crcPolynomials } from "../../packages/hashing/src/checksum/crc-polynomials.ts";

/** Of x^128: what is folded are blocks of 16 bytes. */
const powerBits = 128;

/** The largest exponent that is looked at. With so many to choose from, about one sum of the terms is zero by chance. */
const largest = { 32: 300, 64: 1_400 } as const;

/** Sums of four are too many to be kept at once: they are compared in groups that have their lowest bits in common. */
const groups = 2 ** 20;

/** Some exponents, and the sum of their powers, of which `low` has the lowest 32 bits, and `high` the others. */
interface Sum {
  readonly exponents: readonly number[];
  readonly low: number;
  readonly high: number;
}

/**
 * Exponents of x^128, ascending from 0, whose powers add up to a multiple of the polynomial: six for 32 bits (an odd number cannot be,
 * where x + 1 divides it, as it divides Castagnoli's), nine for 64 bits.
 */
export function findSparseMultiple({ bits, reflected }: CrcPolynomial): readonly number[] | undefined {
  const powers = powersOf(reflected, bits);
  return bits === 32 ? ofSix(powers) : ofNine(powers);
}

function powersOf(reflected: bigint, bits: 32 | 64): readonly Sum[] {
  let value = 1n << BigInt(bits - 1);
  return Array.from({ length: largest[bits] + 1 }, (_none, exponent) => {
    for (let bit = 0; exponent > 0 && bit < powerBits; bit += 1)
      value = (value & 1n) === 1n ? (value >> 1n) ^ reflected : value >> 1n;
    return { exponents: [exponent], low: Number(value & 0xffff_ffffn), high: Number(value >> 32n) };
  });
}

/** 1, a pair and a three that make zero; the first that is found, by its largest exponent. */
function ofSix([one, ...powers]: readonly Sum[]): readonly number[] | undefined {
  const pairs = new Map<number, Sum>();
  for (const [index, last] of powers.entries()) {
    const before = pairsOf(powers.slice(0, index));
    for (const two of before) {
      const pair = one && pairs.get(sum(sum(two, last), one).low);
      const exponents = [0, ...two.exponents, ...last.exponents, ...(pair?.exponents ?? [])];
      if (new Set(exponents).size === 6) return exponents.toSorted(ascending);
    }
    for (const earlier of powers.slice(0, index)) {
      const pair = sum(earlier, last);
      pairs.set(pair.low, pair);
    }
  }
  return undefined;
}

/** 1 and two fours that make zero, each four being two pairs that have the same lowest bits, but for those of their group. */
function ofNine([one, ...powers]: readonly Sum[]): readonly number[] | undefined {
  if (one === undefined) return undefined;
  const pairs = Map.groupBy(pairsOf(powers), ({ low }) => low % groups);
  for (let group = 0; group < groups; group += 1) {
    const fours = new Map(foursOf(pairs, group).map((four) => [keyOf(four), four]));
    for (const four of foursOf(pairs, (group ^ one.low) % groups)) {
      const other = fours.get(keyOf(sum(four, one)));
      const exponents = [0, ...four.exponents, ...(other?.exponents ?? [])];
      if (new Set(exponents).size === 9) return exponents.toSorted(ascending);
    }
  }
  return undefined;
}

function pairsOf(powers: readonly Sum[]): readonly Sum[] {
  return powers.flatMap((first, index) => powers.slice(index + 1).map((second) => sum(first, second)));
}

/** Each four once: of the three ways to see two pairs in it, the one in which the second pair comes after the first. */
function foursOf(pairs: ReadonlyMap<number, readonly Sum[]>, group: number): readonly Sum[] {
  const fours: Sum[] = [];
  for (const [lowest, firsts] of pairs)
    for (const second of pairs.get(lowest ^ group) ?? [])
      for (const first of firsts)
        if ((first.exponents[1] ?? 0) < (second.exponents[0] ?? 0)) fours.push(sum(first, second));
  return fours;
}

function sum(one: Sum, other: Sum): Sum {
  return {
    exponents: [...one.exponents, ...other.exponents],
    low: (one.low ^ other.low) >>> 0,
    high: (one.high ^ other.high) >>> 0,
  };
}

/** All bits but the lowest, which are the same within a group: they fit into a number. */
function keyOf({ low, high }: Sum): number {
  return high * (2 ** 32 / groups) + Math.floor(low / groups);
}

function ascending(one: number, other: number): number {
  return one - other;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const [name, polynomial] of Object.entries(crcPolynomials))
    console.log(name, findSparseMultiple(polynomial), "; here:", polynomial.sparseMultiple);
