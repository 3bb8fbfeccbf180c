import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration } from "./quantities.ts";

test.for([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [99_949, "99.9 kB"],
  [99_960, "100 kB"],
  [999_499, "999 kB"],
  [999_500, "1.0 MB"],
  [2_340_000, "2.3 MB"],
  [40_000_000_000, "40.0 GB"],
  [5e18, "5000 PB"],
] as const)("%i bytes are %s", ([bytes, text]) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.for([
  [0, "0 ms"],
  [949, "949 ms"],
  [950, "0.9 s"],
  [9_949, "9.9 s"],
  [9_950, "10 s"],
  [59_499, "59 s"],
  [60_000, "1 min 0 s"],
  [200_000, "3 min 20 s"],
  [7_500_000, "2 h 5 min"],
] as const)("%i ms are %s", ([ms, text]) => {
  expect(formatDuration(ms)).toBe(text);
});

test("one file, two files", () => {
  expect([formatCount(1, "file"), formatCount(2, "file"), formatCount(0, "entry", "entries")]).toEqual([
    "1 file",
    "2 files",
    "0 entries",
  ]);
});
