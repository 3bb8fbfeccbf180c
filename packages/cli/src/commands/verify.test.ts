import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { catalogDocuments, type Place, test } from "../testing/place.ts";

describe("verify", () => {
  test("hashes the models that are named, or all", async ({ place }) => {
    const { a, b } = await twoModels(place);
    expect(await place.run("verify", "a.gguf")).toEqual({ exitCode: 0, stdout: `intact   file:${a}\n`, stderr: "" });
    const all = await place.run("verify", "--all");
    expect(all).toMatchObject({ exitCode: 0, stderr: "" });
    expect(all.stdout).toBe(`intact   file:${a}\nintact   file:${b}\n`);
  });

  test("exits with 4 for changed bytes, and goes on with the others", async ({ place }) => {
    const { a, b } = await twoModels(place);
    await writeFile(a, "X");
    const { exitCode, stdout, stderr } = await place.run("verify", "a.gguf", "b.gguf");
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: `damaged  file:${a}\nintact   file:${b}\n` });
    expect(stderr).toMatch(
      /^error: .* is not what is on record: expected sha256:\w+, got sha256:\w+\.\nhint: [^\n]+\n$/,
    );
  });

  test("exits with 3 for a file that is gone, and for a model that is not on record", async ({ place }) => {
    const { a } = await twoModels(place);
    await rm(a);
    expect(await place.run("verify", "a.gguf")).toMatchObject({ exitCode: 3, stdout: `missing  file:${a}\n` });
    expect(await place.run("verify", "c.gguf", "--quiet")).toMatchObject({ exitCode: 3, stdout: "" });
  });

  test("--json prints an object a model", async ({ place }) => {
    const { a } = await twoModels(place);
    const { stdout } = await place.run("verify", "a.gguf", "--json");
    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(stdout)).toEqual({
      id: `file:${a}`,
      localPath: a,
      outcome: "intact",
      expected: digest,
      actual: digest,
      damaged: [],
    });
  });

  test("wants models, or --all, and not both", async ({ place }) => {
    expect(await place.run("verify")).toMatchObject({ exitCode: 2, stdout: "" });
    expect(await place.run("verify", "a.gguf", "--all")).toMatchObject({ exitCode: 2, stdout: "" });
  });

  test("--all goes by id, as list does", async ({ place }) => {
    const names = Array.from({ length: 12 }, (_, index) => `m${index}.gguf`);
    const paths = await Promise.all(names.map((name) => place.file(name, name)));
    await place.run("ensure", ...paths);
    const ids = paths.map((path) => `file:${path}`).sort();
    const { stdout } = await place.run("verify", "--all");
    expect(stdout).toBe(ids.map((id) => `intact   ${id}\n`).join(""));
  });

  test("--all exits with 1 for a record that cannot be read, and verifies the others", async ({ place }) => {
    await twoModels(place);
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, "torn");
    const { exitCode, stdout, stderr } = await place.run("verify", "--all", "--quiet");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^intact {3}file:[^\n]+\n$/);
    expect(stderr).toMatch(/^error: 1 record in .* could not be read\.\nhint: model-provisioner doctor [^\n]+\n$/);
    const { stderr: json } = await place.run("verify", "--all", "--quiet", "--json");
    expect(JSON.parse(json)).toMatchObject({ error: { code: "RECORD_UNREADABLE" } });
  });

  test("--all of an empty catalog is nothing to complain about", async ({ place }) => {
    expect(await place.run("verify", "--all")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describe.skipIf(process.platform === "win32")("verify --repair", () => {
  test("moves a damaged model of the cache aside, says where to, and the next ensure brings it anew", async ({
    place,
  }) => {
    const { id, path } = await damagedCopy(place);
    const before = await place.tree();
    expect(await place.run("verify", "a.gguf", "--repair")).toMatchObject({ exitCode: 4, stdout: `damaged  ${id}\n` });
    expect(await place.tree()).not.toEqual(before);
    expect(await place.run("path", "a.gguf")).toMatchObject({ exitCode: 3, stdout: "" });
    expect(await place.run("verify", "a.gguf", "--repair")).toMatchObject({ exitCode: 3, stdout: `missing  ${id}\n` });
    expect(await place.run("ensure", "a.gguf", ...copy)).toMatchObject({ exitCode: 0, stdout: `${path}\n` });
    expect(await place.run("verify", "--all", "--repair")).toMatchObject({ exitCode: 0, stdout: `intact   ${id}\n` });
  });

  test("the place is in the message, and in the object of --json", async ({ place }) => {
    await damagedCopy(place);
    const { stdout, stderr } = await place.run("verify", "--all", "--repair", "--json");
    const found: unknown = JSON.parse(stdout);
    expect(found).toMatchObject({ outcome: "damaged", movedTo: expect.stringContaining(place.at("cache/damaged/")) });
    const { movedTo } = found as { movedTo: string };
    expect(await readFile(movedTo.endsWith(".gguf") ? movedTo : join(movedTo, "a.gguf"), "utf8")).toBe("X");
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: "MODEL_DAMAGED", message: expect.stringContaining(`It was moved to ${movedTo}.`) },
    });
  });

  test("without it, a damaged model stays where it is", async ({ place }) => {
    const { path } = await damagedCopy(place);
    const { exitCode, stderr } = await place.run("verify", "--all");
    expect(exitCode).toBe(4);
    expect(stderr).not.toContain("moved");
    expect(await readFile(path, "utf8")).toBe("X");
  });

  test("files that are used in place are never moved", async ({ place }) => {
    const { a } = await twoModels(place);
    await writeFile(a, "X");
    const { exitCode, stderr } = await place.run("verify", "--all", "--repair");
    expect(exitCode).toBe(4);
    expect(stderr).not.toContain("moved");
    expect(stderr).toContain("hint: Restore the file;");
    expect(await readFile(a, "utf8")).toBe("X");
  });
});

const copy = ["--stage", "copy", "--quiet"] as const;

/** A model of the cache, of the same size as ever. */
async function damagedCopy(place: Place): Promise<{ id: string; path: string }> {
  const source = await place.file("a.gguf", "a");
  const path = (await place.run("ensure", source, ...copy)).stdout.trim();
  await chmod(path, 0o644);
  await writeFile(path, "X");
  return { id: `file:${source}`, path };
}

async function twoModels(place: Place): Promise<{ a: string; b: string }> {
  const a = await place.file("a.gguf", "a");
  const b = await place.file("b.gguf", "b");
  await place.run("ensure", a, b);
  return { a, b };
}
