import { readdir, writeFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { catalogDocuments, newerDocument, test } from "../testing/place.ts";

describe("list", () => {
  test("shows id, size, trust, state and path of every model, in order of id", async ({ place }) => {
    const b = await place.file("b.gguf", "bb");
    const a = await place.file("a.gguf", "a");
    await place.run("ensure", b, a);
    await place.run("retire", b);
    const { exitCode, stdout, stderr } = await place.run("list");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["ID", "SIZE", "TRUST", "STATE", "PATH"],
      [`file:${a}`, "1 B", "unverified", "Active", a],
      [`file:${b}`, "2 B", "unverified", "Retired", b],
      [""],
    ]);
  });

  test("--json prints a record a line, with absolute paths", async ({ place }) => {
    const path = await place.file("a.gguf", "a");
    await place.run("ensure", path);
    const { stdout } = await place.run("list", "--json");
    expect(stdout.split("\n")).toHaveLength(2);
    expect(JSON.parse(stdout)).toMatchObject({
      id: `file:${path}`,
      localPath: path,
      location: "external",
      lifecycle: "Active",
      sizeBytes: 1,
      provenance: { fetcher: "fetcher-file" },
    });
  });

  test("an empty catalog is an empty stdout and a friendly line", async ({ place }) => {
    const empty = { exitCode: 0, stdout: "", stderr: `no models are on record in ${place.cache}\n` };
    expect(await place.run("list")).toEqual(empty);
    expect(await place.run("list", "--json")).toEqual(empty);
    expect(await readdir(place.folder)).toEqual([]);
  });

  test("a damaged record is a warning, and the others are listed", async ({ place }) => {
    await place.file("a.gguf", "a");
    await place.file("b.gguf", "b");
    await place.run("ensure", "a.gguf", "b.gguf");
    const [damaged = ""] = await catalogDocuments(place);
    await writeFile(damaged, "{");
    const { exitCode, stdout, stderr } = await place.run("list", "--json");
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toContain(`warning: ${damaged} is no readable record: `);
    expect(stderr).toMatch(/^hint: .*doctor --repair/m);
  });

  test("a record of a newer version is a warning, too, and is not said to be moved aside", async ({ place }) => {
    await place.file("a.gguf", "a");
    await place.run("ensure", "a.gguf");
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, newerDocument);
    const { exitCode, stderr } = await place.run("list");
    expect(exitCode).toBe(0);
    expect(stderr.split(document)).toHaveLength(2);
    expect(stderr).toContain("schema 9");
    expect(stderr).toMatch(/^hint: .*newer version/m);
    expect(stderr).not.toContain("--repair");
  });

  test("fails in two lines when the catalog is not a folder", async ({ place }) => {
    await place.file("cache", "");
    const { exitCode, stdout, stderr } = await place.run("list");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: .* is not a folder.*\nhint: [^\n]+\n$/);
  });
});
