import { describe, expect } from "vitest";
import { commandTable } from "./command-table.ts";
import { test } from "./testing/place.ts";
import { version } from "./version.ts";

describe("model-provisioner", () => {
  test("--version prints the version", async ({ place }) => {
    expect(await place.run("--version")).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("--help lists every command, on stdout", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("--help");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const name of Object.keys(commandTable)) expect(stdout).toContain(`\n  ${name}`);
    expect(await place.run("help")).toMatchObject({ exitCode: 0, stdout });
  });

  test("every command has help that names its options, and needs no operand", async ({ place }) => {
    for (const name of Object.keys(commandTable)) {
      const { exitCode, stdout, stderr } = await place.run(...name.split(" "), "--help");
      expect({ name, exitCode, stderr }).toEqual({ name, exitCode: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^Usage: model-provisioner ${name}`));
      expect(stdout).toContain("--cache-dir DIR");
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    }
    expect((await place.run("help", "ensure")).stdout).toContain("--on-mismatch error|warn");
  });

  test.for([
    [[], "No command was given."],
    [["ensur", "x"], "Did you mean ensure?"],
    [["download"], 'There is no command "download".'],
    [["--quiet", "ensure"], "--quiet stands where a command should."],
    [["catalog"], "Write model-provisioner catalog import."],
    [["catalog", "imoprt", "x"], 'catalog has no command "imoprt".'],
    [["catalog", "imoprt", "x"], "Write model-provisioner catalog import."],
    [["ensure"], "ensure needs REF."],
    [["path"], "path needs REF."],
    [["path", "a", "b"], 'path takes one REF, and "b" is one too many.'],
    [["list", "a"], 'list takes no operand, and "a" is one too many.'],
    [["ensure", "a", "--vrify", "auto"], "Did you mean --verify?"],
    [["toString"], 'There is no command "toString".'],
  ] as const)("%j is wrong usage, and says how to do it right", async ([args, text], { place }) => {
    const { exitCode, stdout, stderr } = await place.run(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toContain(text);
  });

  test("wrong usage is JSON where JSON was asked for", async ({ place }) => {
    for (const json of [["--json"], ["--log-format", "json"], ["--log-format=json"]]) {
      const { stderr } = await place.run("ensure", "--frobnicate", ...json);
      expect(JSON.parse(stderr)).toEqual({
        error: { code: "USAGE_INVALID", message: expect.any(String), hint: expect.any(String) },
      });
    }
  });
});
