import fc from "fast-check";
import { expect, test } from "vitest";
import { Ranges } from "./ranges.ts";
import type { Segment } from "./segments.ts";
import { Segments } from "./segments.ts";

const mebibyte = 1024 * 1024;

test("alone, one connection takes all up to what is here", () => {
  const segments = new Segments([
    { from: 0, to: 100 },
    { from: 200, to: 300 },
  ]);
  expect(segments.take(1)).toMatchObject({ at: 0, to: 100 });
  expect(segments.take(1)).toMatchObject({ at: 200, to: 300 });
  expect(segments.take(1)).toBeUndefined();
});

test("several take parts in the order of the file", () => {
  const segments = new Segments([{ from: 0, to: 1024 * mebibyte }]);
  const taken = Array.from({ length: 4 }, () => segments.take(4));
  expect(taken.map((segment) => [segment?.at, segment?.to])).toEqual(
    [0, 1, 2, 3].map((index) => [index * 16 * mebibyte, (index + 1) * 16 * mebibyte]),
  );
});

test("parts get smaller towards the end", () => {
  const segments = new Segments([{ from: 0, to: 40 * mebibyte }]);
  const sizes: number[] = [];
  for (let segment = segments.take(4); segment !== undefined && sizes.length < 100; segment = segments.take(4)) {
    sizes.push(segment.leftBytes);
    segment.at = segment.to;
    segments.settle(segment);
  }
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  expect(sizes.at(-1)).toBeLessThanOrEqual(mebibyte);
});

test("whoever has nothing to do helps whoever has most", () => {
  const segments = new Segments([{ from: 0, to: 10 * mebibyte }]);
  const slow = segments.take(1);
  const helper = segments.take(1);
  expect(slow).toMatchObject({ at: 0, to: 5 * mebibyte });
  expect(helper).toMatchObject({ at: 5 * mebibyte, to: 10 * mebibyte });
});

test("what was given up is taken first", () => {
  const segments = new Segments([{ from: 0, to: 100 * mebibyte }]);
  const first = segments.take(8);
  segments.take(8);
  if (first === undefined) throw new Error("there was work");
  first.at += 10;
  segments.settle(first);
  expect(segments.take(8)).toMatchObject({ at: 10 });
});

/** Connections that do whatever they may, in any order: take, bring a bit, break, go on, share. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom("take", "bring", "settle", "extend", "share"),
    who: fc.nat(5),
    amount: fc.nat(3 * mebibyte),
  }),
  {
    maxLength: 200,
  },
);

test("whatever connections do, each byte is brought, and none of it twice", () => {
  fc.assert(
    fc.property(steps, fc.nat(30 * mebibyte), (script, total) => {
      const segments = new Segments(new Ranges().missing(total));
      const brought = new Ranges();
      let sum = 0;
      const running = new Map<number, Segment>();
      const bring = (segment: Segment, amount: number): void => {
        const to = Math.min(segment.to, segment.at + amount);
        brought.add({ from: segment.at, to });
        sum += to - segment.at;
        segment.at = to;
      };
      for (const { what, who, amount } of script) {
        const segment = running.get(who);
        if (what === "share") segments.share(1 + who);
        else if (segment === undefined) {
          const taken = segments.take(1 + who);
          if (taken !== undefined) running.set(who, taken);
        } else if (what === "bring") bring(segment, amount);
        else if (what === "extend" && segment.leftBytes === 0) segments.extend(segment, amount % 2 === 0);
        else if (what === "settle") {
          segments.settle(segment);
          running.delete(who);
        }
      }
      for (const segment of running.values()) segments.settle(segment);
      for (let rest = segments.take(3); rest !== undefined; rest = segments.take(3)) {
        bring(rest, Infinity);
        segments.settle(rest);
      }
      expect(brought.frontier).toBe(total);
      expect(sum).toBe(total);
    }),
  );
});
