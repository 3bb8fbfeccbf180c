import { expect, test } from "vitest";
import { sampleEntry } from "./sample-entry.ts";
import { isExplained, type Timed } from "./serial-order.ts";

const put = (version: string, from: bigint, to: bigint): Timed => ({
  type: "put",
  version,
  lifecycle: "Active",
  from,
  to,
});
const retire = (from: bigint, to: bigint): Timed => ({ type: "setState", lifecycle: "Retired", from, to });
const active = sampleEntry("a", { version: "1" });
const retired = sampleEntry("a", { version: "1", lifecycle: "Retired" });

test("what came first and what came last is told apart where one had ended before the other began", () => {
  expect(isExplained(active, [put("1", 1n, 2n), retire(3n, 4n)])).toBe(false);
  expect(isExplained(retired, [put("1", 1n, 2n), retire(3n, 4n)])).toBe(true);
  expect(isExplained(active, [retire(1n, 2n), put("1", 3n, 4n)])).toBe(true);
  expect(isExplained(retired, [retire(1n, 2n), put("1", 3n, 4n)])).toBe(false);
  expect(isExplained(active, [put("1", 1n, 2n), put("2", 3n, 4n)])).toBe(false);
});

test("where two overlap, either may have been the last", () => {
  expect(isExplained(active, [put("1", 1n, 4n), retire(2n, 3n)])).toBe(true);
  expect(isExplained(retired, [put("1", 1n, 4n), retire(2n, 3n)])).toBe(true);
});

test("what nobody wrote is not explained", () => {
  expect(isExplained(active, [put("2", 1n, 4n)])).toBe(false);
});
