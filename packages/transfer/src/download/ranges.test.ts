import fc from "fast-check";
import { expect, test } from "vitest";
import { Ranges } from "./ranges.ts";

const size = 40;
const part = fc
  .tuple(fc.nat(size), fc.nat(size))
  .map(([one, other]) => ({ from: Math.min(one, other), to: Math.max(one, other) }));

test("a set of bytes, however it was put together", () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const ranges = new Ranges(parts);
      const bytes = new Set(
        parts.flatMap(({ from, to }) => Array.from({ length: to - from }, (_none, index) => from + index)),
      );
      const within = (at: number): boolean => ranges.parts.some(({ from, to }) => at >= from && at < to);
      const missing = (at: number): boolean => ranges.missing(size).some(({ from, to }) => at >= from && at < to);
      for (let at = 0; at < size; at += 1) {
        expect(within(at)).toBe(bytes.has(at));
        expect(missing(at)).toBe(!bytes.has(at));
      }
      expect(ranges.bytes).toBe(bytes.size);
      const hole = Array.from({ length: size + 1 }, (_none, at) => at).find((at) => !bytes.has(at));
      expect(ranges.frontier).toBe(hole);
    }),
  );
});

test("parts neither overlap nor touch, and are in order", () => {
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const { parts: kept } = new Ranges(parts);
      for (const [index, { from, to }] of kept.entries()) {
        expect(to).toBeGreaterThan(from);
        expect(from).toBeGreaterThan(kept[index - 1]?.to ?? -1);
      }
    }),
  );
});
