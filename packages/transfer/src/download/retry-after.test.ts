import { expect, test } from "vitest";
import { parseRateLimit, parseRetryAfter } from "./retry-after.ts";

const nowMs = Date.parse("2026-01-02T03:04:05Z");

test.for<[string | undefined, number | undefined]>([
  ["0", 0],
  ["120", 120_000],
  ["Fri, 02 Jan 2026 03:05:05 GMT", 60_000],
  ["Fri, 02 Jan 2026 03:03:05 GMT", 0],
  ["soon", undefined],
  ["-1", undefined],
  ["", undefined],
  [undefined, undefined],
])("%s", ([text, expected]) => {
  const parsed = parseRetryAfter(text, nowMs);
  expect(parsed).toBe(expected);
});

test.for<[string | undefined, number | undefined]>([
  ['"resolvers";r=0;t=55', 55_000],
  ['"resolvers";r=12;t=55', undefined],
  ["nonsense", undefined],
  [undefined, undefined],
])("RateLimit: %s", ([text, expected]) => {
  const parsed = parseRateLimit(text);
  expect(parsed).toBe(expected);
});
