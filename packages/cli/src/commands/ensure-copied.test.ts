import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect } from "vitest";
import { type Place, test } from "../testing/place.ts";

/** sha256 of "abc". */
const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("ensure --stage copy", () => {
  test("prints the path of a copy that nothing done to the file can change", async ({ place }) => {
    const source = await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.run("ensure", "model.gguf", "--stage", "copy");
    const path = stdout.trimEnd();
    expect(exitCode).toBe(0);
    expect(path).toMatch(/\/model\.gguf$/);
    expect(path.startsWith(join(place.cache, "models"))).toBe(true);
    expect(stderr).toMatch(
      new RegExp(`^ensuring file:${source} .*\nready: file:${source} \\(unverified, 3 B staged, .*\\)\n$`),
    );
    await writeFile(source, "other");
    expect(await readFile(path, "utf8")).toBe("abc");
    expect(await place.run("ensure", "model.gguf", "--quiet")).toEqual({ exitCode: 0, stdout, stderr: "" });
    expect((await place.run("verify", "--all")).stdout).toBe(`intact   file:${source}\n`);
  });

  test("copies what had been ensured in place, and serves the copy from then on", async ({ place }) => {
    const source = await place.file("model.gguf", "abc");
    expect((await place.run("ensure", source, "--quiet")).stdout).toBe(`${source}\n`);
    const copied = await place.run("ensure", source, "--stage", "copy", "--json", "--quiet");
    const { localPath, stagedBytes } = JSON.parse(copied.stdout) as { localPath: string; stagedBytes: number };
    expect(dirname(localPath)).not.toBe(place.folder);
    expect(stagedBytes).toBe(3);
    for (const stage of [["--stage", "copy"], ["--stage", "in-place"], []]) {
      expect((await place.run("ensure", source, "--quiet", ...stage)).stdout).toBe(`${localPath}\n`);
    }
    expect((await place.run("path", source)).stdout).toBe(`${localPath}\n`);
    expect((await place.run("show", source)).stdout).toMatch(/^location +managed/m);
  });

  test("says that the bytes are here under another model, and shares them", async ({ place }) => {
    await place.file("one.gguf", "abc");
    await place.file("two.gguf", "abc");
    await place.run("ensure", "one.gguf", "--stage", "copy");
    const { stderr } = await place.run("ensure", "two.gguf", "--stage", "copy", "--digest", abc);
    expect(stderr).toContain("\nalready here under another model: 1 file, 3 B\n");
    expect((await place.run("usage")).stdout).toMatch(/^saved +3 B/m);
  });

  test("--dry-run says that it would be copied, and writes nothing", async ({ place }) => {
    const source = await place.file("model.gguf", "abc");
    const sentence = new RegExp(
      `^file:${source} would be copied into the cache from ${source}: 1 file, 3 B; takes 3 B, and [\\d.]+ .B are free\n$`,
    );
    const before = await place.tree();
    expect(await place.run("ensure", "model.gguf", "--stage", "copy", "--dry-run")).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(sentence),
      stderr: "",
    });
    expect(await place.tree()).toEqual(before);
    await place.run("ensure", "model.gguf");
    const inPlace = await place.run("ensure", "model.gguf", "--stage", "copy", "--dry-run", "--json");
    expect(JSON.parse(inPlace.stdout)).toMatchObject({ present: false, location: "managed", sizeBytes: 3 });
  });

  test("--dry-run says what of it is here already under another model", async ({ place }) => {
    await place.file("one.gguf", "abc");
    await place.file("two.gguf", "abc");
    await place.run("ensure", "one.gguf", "--stage", "copy");
    const args = ["ensure", "two.gguf", "--stage", "copy", "--dry-run", "--digest", abc];
    const { stdout } = await place.run(...args);
    expect(stdout).toMatch(/: 1 file, 3 B; 1 file, 3 B of it here already; takes 0 B, and /);
    const json = await place.run(...args, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      sizeBytes: 3,
      demand: { presentFiles: 1, presentBytes: 3, neededBytes: 0, freeBytes: expect.any(Number), fits: true },
    });
  });

  test("a digest that does not fit is refused, and nothing is shown", async ({ place }) => {
    await place.file("model.gguf", "abd");
    const { exitCode, stdout } = await place.run("ensure", "model.gguf", "--stage", "copy", "--digest", abc);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
    expect((await place.run("list")).stdout).toBe("");
    expect(await readdir(join(place.cache, "models")).catch(() => [])).toEqual([]);
  });

  test.for([
    [["--stage", "move"], "Write --stage in-place|copy."],
    [["--stage", "Copy"], "Write --stage in-place|copy."],
    [["--stage"], "--stage needs a value."],
    [["--durability", "none"], "Write --durability full|relaxed."],
  ] as const)("%j is wrong usage", async ([args, text], { place }) => {
    await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.run("ensure", "model.gguf", ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(text);
    expect(await readdir(place.folder)).toEqual(["model.gguf"]);
  });
});

describe("ensure --durability relaxed", () => {
  test("is on record until the bytes are known to be on the disk", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", "--stage", "copy", "--durability", "relaxed");
    expect(await durabilityOf(place)).toMatch(/^relaxed: /);
    expect((await place.run("ensure", "model.gguf", "--durability", "relaxed")).stderr).toContain("already here");
    await place.run("ensure", "model.gguf", "--durability", "full");
    expect(await durabilityOf(place)).toBeUndefined();
  });

  test("of a file in place there is nothing to wait for", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", "--durability", "relaxed");
    expect(await durabilityOf(place)).toBeUndefined();
  });
});

/** What `show` says of it. */
async function durabilityOf(place: Place): Promise<string | undefined> {
  const { stdout } = await place.run("show", "model.gguf");
  return /^durability +(.*)$/m.exec(stdout)?.[1];
}
