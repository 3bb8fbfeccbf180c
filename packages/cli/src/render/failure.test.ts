import { registerSecret } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { usageError } from "../errors.ts";
import { Interruption } from "../interruption.ts";
import { describeFailure } from "./failure.ts";

test("an error of the system speaks for itself", () => {
  expect(describeFailure(usageError("What.", "Do."), false)).toEqual({
    code: "USAGE_INVALID",
    message: "What.",
    hint: "Do.",
  });
});

test("an unexpected error says so, without a stack and without secrets, and where to report it", () => {
  const forget = registerSecret("correct-horse");
  const failure = describeFailure(new TypeError("x is not a function: correct-horse"), false);
  expect(failure.message).toBe("unexpected: x is not a function: [redacted]");
  expect(failure.hint).toContain("/issues");
  expect(failure).not.toHaveProperty("stack");
  forget();
});

test("debugging adds the stack and those of its causes, without secrets", () => {
  const forget = registerSecret("correct-horse");
  const { stack = "" } = describeFailure(new Error("outer", { cause: new Error("inner correct-horse") }), true);
  expect(stack).toContain("Error: outer");
  expect(stack).toContain("caused by: Error: inner [redacted]");
  forget();
});

test("an interruption, and whatever else is thrown, is told in two sentences as well", () => {
  expect(describeFailure(new Interruption("Interrupted by SIGINT.", 130), false).code).toBe("INTERRUPTED");
  expect(describeFailure("boom", false)).toMatchObject({ code: "UNEXPECTED", message: "unexpected: boom" });
  expect(describeFailure(undefined, true)).toMatchObject({ code: "UNEXPECTED", stack: "undefined" });
});
