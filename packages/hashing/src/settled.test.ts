import { expect, test } from "vitest";
import { isSettled } from "./settled.ts";

const nowMs = 1_700_000_000_500;
const ns = (ms: number, rest = 0n): bigint => BigInt(ms) * 1_000_000n + rest;

test.each([
  ["an old mtime", ns(nowMs - 3_600_000, 123n), true],
  ["21 ms ago, by a fine clock", ns(nowMs - 21, 123n), true],
  ["19 ms ago, by a fine clock", ns(nowMs - 19, 123n), false],
  ["now", ns(nowMs, 123n), false],
  ["in the future", ns(nowMs + 5_000, 123n), false],
  ["1.5 s ago, in whole seconds", ns(nowMs - 1_500), false],
  ["2.5 s ago, in whole seconds", ns(nowMs - 2_500), true],
])("%s", (_name, mtimeNs, settled) => {
  expect(isSettled(mtimeNs, nowMs)).toBe(settled);
});
