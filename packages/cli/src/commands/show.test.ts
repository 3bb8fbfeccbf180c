import { readFile, writeFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { catalogDocuments, test } from "../testing/place.ts";

const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("show", () => {
  test("shows the record of a model by its id or by a path", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", "--digest", abc);
    const byPath = await place.run("show", "./model.gguf");
    expect(byPath).toMatchObject({ exitCode: 0, stderr: "" });
    expect(byPath.stdout).toMatch(new RegExp(`^digest +${abc}$`, "m"));
    expect(byPath.stdout).toMatch(/^trust +verified$/m);
    expect(await place.run("show", `file:${path}`)).toEqual(byPath);
    const { stdout } = await place.run("show", "model.gguf", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ id: `file:${path}`, localPath: path, digest: abc, trust: "verified" });
  });

  test("exits with 3 for a model that is not on record", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("show", "absent.gguf");
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain(`file:${place.at("absent.gguf")} is not in the catalog of ${place.cache}`);
  });

  test("exits with 1 for a record that a newer version wrote", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, (await readFile(document, "utf8")).replace(/^\{"schema":1/, '{"schema":99'));
    const { exitCode, stdout, stderr } = await place.run("show", "model.gguf", "--json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "CATALOG_SCHEMA_NEWER" } });
  });
});
