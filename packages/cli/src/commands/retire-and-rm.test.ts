import { readFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { test } from "../testing/place.ts";

describe("retire", () => {
  test("takes a model out of use until it is ensured again", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path);
    expect(await place.run("retire", "model.gguf")).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `retired: file:${path}\n`,
    });
    expect((await place.run("path", path)).exitCode).toBe(3);
    const { stdout } = await place.run("retire", "model.gguf", "--json", "--quiet");
    expect(JSON.parse(stdout)).toEqual({ id: `file:${path}`, lifecycle: "Retired" });
    const again = await place.run("ensure", path);
    expect(again.stderr).toContain(`file:${path} was retired, and is active again\n`);
    expect((await place.run("path", path)).exitCode).toBe(0);
  });

  test("exits with 3 for a model that is not on record", async ({ place }) => {
    expect(await place.run("retire", "absent.gguf")).toMatchObject({ exitCode: 3, stdout: "" });
  });
});

describe("rm", () => {
  test("forgets a model that is used in place, and leaves its file alone", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path);
    const { exitCode, stdout, stderr } = await place.run("rm", "./model.gguf");
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `forgot file:${path}; its files stay at ${path}\n`,
    });
    expect(await readFile(path, "utf8")).toBe("abc");
    expect((await place.run("list", "--json")).stdout).toBe("");
    expect((await place.run("rm", path)).exitCode).toBe(3);
  });

  test("--json says what was freed", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path);
    expect(JSON.parse((await place.run("rm", path, "--json")).stdout)).toEqual({ id: `file:${path}`, freedBytes: 0 });
  });
});
