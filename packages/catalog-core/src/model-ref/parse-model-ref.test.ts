import { describe, expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { parseModelRef } from "./parse-model-ref.ts";

function expectRefused(text: unknown, part: string): void {
  const error = thrownBy(() => Reflect.apply(parseModelRef, undefined, [text]));
  expect(error).toMatchObject({ code: "REF_INVALID", category: "usage", facts: { part } });
  expect(error.facts["reference"]).toBeTypeOf("string");
}

describe("refused whatever the kind", () => {
  test.each([
    ["nothing", "", "reference"],
    ["blanks", " \u00a0 ", "reference"],
    ["a line end", "/a\n", "reference"],
    ["NUL", "hf:org/re\0po", "reference"],
    ["DEL", "/a\u007f", "reference"],
    ["a C1 control character", "https://h/\u0085", "reference"],
    ["half of a surrogate pair", "/a\ud800", "reference"],
    ["2,049 characters", `/${"a".repeat(2048)}`, "reference"],
    ["a canonical form of more than 2,048", `https://h/${"é".repeat(400)}`, "reference"],
    ["spaces before a scheme", " https://h/a?token=secret", "scheme"],
  ])("%s", (_, text, part) => {
    expectRefused(text, part);
  });

  test("what is not a text", () => {
    for (const value of [undefined, null, 7, {}, ["hf:org/repo"]]) {
      expectRefused(value, "reference");
    }
  });
});

test("2,048 characters are allowed", () => {
  const text = `/${"a".repeat(2042)}`;
  expect(parseModelRef(text)).toEqual({ kind: "file", path: text });
  expectRefused(`${text}a`, "reference");
});

test("a pair of surrogates is a character", () => {
  expect(parseModelRef("/\u{1f600}")).toEqual({ kind: "file", path: "/\u{1f600}" });
});

test("the fact holds at most 200 characters of the reference, and no secret that the cut goes through", () => {
  const text = `https://user:${"s3cret".repeat(60)}@h/\n`;
  const error = thrownBy(() => parseModelRef(text));
  expect(JSON.stringify(error)).not.toContain("s3cret");
  expect(thrownBy(() => parseModelRef(`hf:${"o".repeat(500)}`)).facts["reference"]).toMatch(/^.{199}…$/);
});

test("references are frozen", () => {
  const ref = parseModelRef("hf:org/repo?include=a");
  expect([ref, ref.kind === "hf" && ref.selection].every(Object.isFrozen)).toBe(true);
  expect(Object.isFrozen(parseModelRef("https://u@h/"))).toBe(true);
});

test("defect 5: an empty reference and an empty path are errors, not the working folder", () => {
  expectRefused("", "reference");
  expectRefused("file:", "path");
});

test("the working folder and the home are asked for only when they are needed", () => {
  const context = {
    get cwd(): string {
      throw new Error("cwd was read");
    },
    get home(): string {
      throw new Error("home was read");
    },
  };
  for (const text of ["/a", "file:///a", "C:\\a", "\\\\s\\t\\a", "hf:org/repo", "https://h/a", "tool:x"]) {
    expect(parseModelRef(text, context)).toBeDefined();
  }
  expect(() => parseModelRef("a", context)).toThrow("cwd was read");
  expect(() => parseModelRef("~/a", context)).toThrow("home was read");
});
