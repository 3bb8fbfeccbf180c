// Finds the sparse multiples that `hashing` computes CRCs by, and prints them beside those that it has: `node
// tools/crc-multiples/find-sparse-multiple.ts`. Those of 32 bits take a second, that of 64 bits some minutes.
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
  const pairs = groupedPairs(powers);
  for (let group = 0; group < groups; group += 1) {
    const fours = new Map<number, Four>();
    forEachFour(pairs, group, (four) => void fours.set(keyOf(four), four));
    let found: readonly number[] | undefined;
    forEachFour(pairs, (group ^ one.low) % groups, (four) => {
      const other = fours.get(keyOf({ low: (four.low ^ one.low) >>> 0, high: (four.high ^ one.high) >>> 0 }));
      const exponents = [0, ...[four, other].flatMap((each) => (each === undefined ? [] : exponentsOf(each, pairs)))];
      if (new Set(exponents).size === 9) found = exponents;
    });
    if (found !== undefined) return found.toSorted(ascending);
  }
  return undefined;
}

/** A million of them: no objects. They are sorted by their lowest bits; those of a group begin at `begin[group]`. */
interface GroupedPairs {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  readonly first: Uint16Array;
  readonly second: Uint16Array;
  readonly begin: Uint32Array;
}

/** Two pairs, by their places in the list. */
interface Four {
  readonly low: number;
  readonly high: number;
  readonly pair: number;
  readonly other: number;
}

function groupedPairs(powers: readonly Sum[]): GroupedPairs {
  const sorted = pairsOf(powers).toSorted((one, other) => (one.low % groups) - (other.low % groups));
  const begin = new Uint32Array(groups + 1);
  for (const { low } of sorted) begin[(low % groups) + 1] = (begin[(low % groups) + 1] ?? 0) + 1;
  for (let group = 0; group < groups; group += 1) begin[group + 1] = (begin[group + 1] ?? 0) + (begin[group] ?? 0);
  return {
    low: Uint32Array.from(sorted, ({ low }) => low),
    high: Uint32Array.from(sorted, ({ high }) => high),
    first: Uint16Array.from(sorted, ({ exponents }) => exponents[0] ?? 0),
    second: Uint16Array.from(sorted, ({ exponents }) => exponents[1] ?? 0),
    begin,
  };
}

/** Each four once: of the three ways to see two pairs in it, the one in which the second pair comes after the first. */
function forEachFour(pairs: GroupedPairs, group: number, look: (four: Four) => void): void {
  const { low, high, first, second, begin } = pairs;
  for (let pair = 0; pair < low.length; pair += 1) {
    const wanted = ((low[pair] ?? 0) % groups) ^ group;
    for (let other = begin[wanted] ?? 0; other < (begin[wanted + 1] ?? 0); other += 1) {
      if ((first[other] ?? 0) <= (second[pair] ?? 0)) continue;
      const sumLow = ((low[pair] ?? 0) ^ (low[other] ?? 0)) >>> 0;
      look({ low: sumLow, high: ((high[pair] ?? 0) ^ (high[other] ?? 0)) >>> 0, pair, other });
    }
  }
}

function exponentsOf({ pair, other }: Four, { first, second }: GroupedPairs): readonly number[] {
  return [pair, other].flatMap((each) => [first[each] ?? 0, second[each] ?? 0]);
}

function pairsOf(powers: readonly Sum[]): readonly Sum[] {
  return powers.flatMap((first, index) => powers.slice(index + 1).map((second) => sum(first, second)));
}

function sum(one: Sum, other: Sum): Sum {
  return {
    exponents: [...one.exponents, ...other.exponents],
    low: (one.low ^ other.low) >>> 0,
    high: (one.high ^ other.high) >>> 0,
  };
}

/** All bits but the lowest, which are the same within a group: they fit into a number. */
function keyOf({ low, high }: Pick<Sum, "low" | "high">): number {
  return high * (2 ** 32 / groups) + Math.floor(low / groups);
}

function ascending(one: number, other: number): number {
  return one - other;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  for (const [name, polynomial] of Object.entries(crcPolynomials))
    console.log(name, findSparseMultiple(polynomial), "; here:", polynomial.sparseMultiple);
