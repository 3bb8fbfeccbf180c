import { isModelError } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { parseArguments } from "./parse-arguments.ts";

const table = {
  digest: { type: "value", placeholder: "sha256:HEX", help: "" },
  verify: { type: "value", choices: ["auto", "always"], help: "" },
  json: { type: "flag", help: "" },
  help: { type: "flag", short: "h", help: "" },
} as const;

describe("parseArguments", () => {
  test("takes options and operands in any order", () => {
    expect(parseArguments(["a", "--json", "b", "--digest", "sha256:x", "--verify=always"], table)).toEqual({
      values: { json: true, digest: "sha256:x", verify: "always" },
      operands: ["a", "b"],
    });
    expect(parseArguments(["-h"], table).values).toEqual({ help: true });
  });

  test("takes everything after -- for operands", () => {
    expect(parseArguments(["--json", "--", "--digest", "-x"], table)).toEqual({
      values: { json: true },
      operands: ["--digest", "-x"],
    });
  });

  test("a flag may be given twice, a value may not", () => {
    expect(parseArguments(["--json", "--json"], table).values).toEqual({ json: true });
    expect(refusal(["--digest=a", "--digest=b"])).toContain("--digest is given twice");
  });

  test.for([
    [["--digets", "x"], "Did you mean --digest?"],
    [["--jsn"], "Did you mean --json?"],
    [["--frobnicate"], "--help lists the options"],
    [["-x"], "There is no option -x"],
    [["--constructor"], "There is no option --constructor"],
    [["--json=yes"], "--json takes no value"],
    [["--digest"], "--digest needs a value"],
    [["--digest="], "--digest needs a value"],
    [["--digest", "--json"], "--digest needs a value"],
    [["--verify", "sometimes"], "Write --verify auto|always."],
  ] as const)("refuses %j: %s", ([args, text]) => {
    expect(refusal(args)).toContain(text);
  });

  test("a value that begins with a dash is written with an equals sign", () => {
    expect(parseArguments(["--digest=-x"], table).values).toEqual({ digest: "-x" });
  });

  test("but for a number below 0, which is no option", () => {
    expect(parseArguments(["--digest", "-1"], table).values).toEqual({ digest: "-1" });
    expect(parseArguments(["--digest", "-.5"], table).values).toEqual({ digest: "-.5" });
  });
});

/** The message and the hint of the usage error. */
function refusal(args: readonly string[]): string {
  try {
    parseArguments(args, table);
  } catch (error) {
    if (isModelError(error, "USAGE_INVALID")) return `${error.message} ${error.hint}`;
    throw error;
  }
  throw new Error("nothing was refused");
}
