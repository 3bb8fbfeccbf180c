import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { test } from "../testing/place.ts";

const copy = ["--stage", "copy", "--quiet"] as const;

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

  test("deletes the bytes that lie in the cache, and says how many", async ({ place }) => {
    const source = await place.file("model.gguf", "abc");
    const path = (await place.run("ensure", "model.gguf", ...copy)).stdout.trim();
    expect(await place.run("rm", "model.gguf")).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `removed file:${source}; 3 B freed\n`,
    });
    await expect(readFile(path)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(source, "utf8")).toBe("abc");
  });

  test("says why nothing was freed: bytes that other models share stay for those", async ({ place }) => {
    const one = await place.file("one.gguf", "abc");
    const two = await place.file("two.gguf", "abc");
    await place.run("ensure", one, two, ...copy);
    const first = await place.run("rm", one);
    expect(first.stderr).toBe(`removed file:${one}; 0 B freed, its bytes are shared by other models\n`);
    expect((await place.run("verify", "--all")).stdout).toBe(`intact   file:${two}\n`);
    expect((await place.run("rm", two)).stderr).toBe(`removed file:${two}; 3 B freed\n`);
  });

  test("of a folder, files of the same content count once, and shared ones not at all", async ({ place }) => {
    await mkdir(place.at("model"));
    for (const [name, content] of Object.entries({ a: "same", b: "same", c: "shared" })) {
      await place.file(`model/${name}`, content);
    }
    await place.file("other.gguf", "shared");
    await place.run("ensure", "model", ...copy);
    await place.run("ensure", "other.gguf", ...copy);
    const removed = `removed file:${place.at("model")}; 4 B freed`;
    expect((await place.run("rm", "model")).stderr).toBe(`${removed}, the rest is shared by other models\n`);
    await place.run("rm", "other.gguf");
    await place.run("ensure", "model", ...copy);
    expect((await place.run("rm", "model")).stderr).toBe(`removed file:${place.at("model")}; 10 B freed\n`);
  });

  test("says so when the files were gone already", async ({ place }) => {
    const source = await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", ...copy);
    await rm(join(place.cache, "models"), { recursive: true });
    const { exitCode, stderr } = await place.run("rm", "model.gguf");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(new RegExp(`^removed file:${source}; \\d B freed, its files were gone already\n$`));
  });

  test("--json says what was freed", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path);
    expect(JSON.parse((await place.run("rm", path, "--json")).stdout)).toEqual({ id: `file:${path}`, freedBytes: 0 });
  });
});
