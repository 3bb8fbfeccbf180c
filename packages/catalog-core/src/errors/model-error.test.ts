import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { catalogError } from "./catalog-errors.ts";
import { type ErrorFactory, errorFactory, isModelError, ModelError } from "./model-error.ts";

const testError: ErrorFactory<"TEST_ONE" | "TEST_TWO"> = errorFactory({ TEST_ONE: "network", TEST_TWO: "usage" });
const init = { message: "It failed.", hint: "Try again.", facts: { path: "/a", status: 500 } };

test("an error has its code, its category, what to do, and its facts", () => {
  const cause = new Error("inner");
  const error = testError("TEST_ONE", { ...init, cause });
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "ModelError", code: "TEST_ONE", category: "network", ...init });
  expect(error.cause).toBe(cause);
  expect(Object.isFrozen(error.facts)).toBe(true);
  expect(testError("TEST_TWO", init).category).toBe("usage");
  expect(catalogError("ENTRY_NOT_FOUND", init).category).toBe("not-found");
});

test("without a cause there is none, and without facts they are empty", () => {
  const error = testError("TEST_ONE", { message: "m", hint: "h" });
  expect("cause" in error).toBe(false);
  expect(error.facts).toEqual({});
});

test("as JSON it has what a caller may show, and neither stack nor cause", () => {
  const json: unknown = JSON.parse(JSON.stringify(testError("TEST_ONE", { ...init, cause: new Error("inner") })));
  expect(json).toEqual({ code: "TEST_ONE", category: "network", ...init });
});

describe("recognition", () => {
  test("by brand and code", () => {
    const error = testError("TEST_ONE", init);
    expect(isModelError(error)).toBe(true);
    expect(isModelError(error, "TEST_ONE")).toBe(true);
    expect(isModelError(error, "TEST_TWO")).toBe(false);
    for (const value of [new Error("x"), { code: "TEST_ONE" }, null, undefined, "TEST_ONE", error.toJSON()]) {
      expect(isModelError(value)).toBe(false);
    }
  });

  test("across copies of this package", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "second-copy-"));
    try {
      await cp(path.join(import.meta.dirname, ".."), folder, {
        recursive: true,
        filter: (source) => !source.includes("catalog/"),
      });
      const copy: unknown = await import(pathToFileURL(path.join(folder, "errors", "model-error.ts")).href);
      const Other = typeof copy === "object" && copy !== null && "ModelError" in copy ? copy.ModelError : undefined;
      if (typeof Other !== "function") throw new Error("the copy exports no ModelError");
      const error: unknown = Reflect.construct(Other, ["TEST_ONE", "network", init]);
      expect(error).not.toBeInstanceOf(ModelError);
      expect(isModelError(error, "TEST_ONE")).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("no secret is in the message, the hint, the facts, the stack or the cause", () => {
  const url = "https://ada:hunter22@host/";
  const error = testError("TEST_ONE", {
    message: `No answer from ${url}.`,
    hint: `Check ${url}.`,
    facts: { url, headers: { authorization: "hunter22" } },
    cause: new Error(`connect ${url}`),
  });
  expect(error.message).toBe("No answer from https://[redacted]@host/.");
  for (const shown of [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error), error.stack]) {
    expect(shown).not.toContain("hunter22");
  }
});
