import { errorFactory } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";
import { Interruption } from "./interruption.ts";

/** The errors of a fetcher that this package has never heard of. */
const newError = errorFactory({
  NEW_USAGE: "usage",
  NEW_ABSENT: "not-found",
  NEW_MISMATCH: "digest-mismatch",
  NEW_TOOL_MISSING: "cannot-serve",
  NEW_UNREACHABLE: "network",
  NEW_DENIED: "not-allowed",
  NEW_FULL: "no-space",
  NEW_ODD: "other",
});

test.for([
  ["NEW_ODD", 1],
  ["NEW_USAGE", 2],
  ["NEW_ABSENT", 3],
  ["NEW_MISMATCH", 4],
  ["NEW_TOOL_MISSING", 5],
  ["NEW_UNREACHABLE", 6],
  ["NEW_DENIED", 7],
  ["NEW_FULL", 8],
] as const)("%s exits with %i, by its category alone", ([code, exitCode]) => {
  expect(exitCodeOf(newError(code, { message: "", hint: "" }))).toBe(exitCode);
});

test("an interruption brings its own code, and whatever else is thrown is 1", () => {
  expect(exitCodeOf(new Interruption("Interrupted.", 143))).toBe(143);
  expect(exitCodeOf(new TypeError("x"))).toBe(1);
  expect(exitCodeOf("x")).toBe(1);
  expect(exitCodeOf(undefined)).toBe(1);
});
