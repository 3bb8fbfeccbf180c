import { readFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { test } from "../testing/place.ts";

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("catalog import", () => {
  test("takes over what it can prove, prints the ids, and warns of the rest", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const id = `file:${path}`;
    const index = {
      [id]: {
        id,
        local_path: path,
        lifecycle: "Active",
        digest: { algo: "sha256", value: abc },
        last_verified_ms: null,
      },
      "hf:org/gone": { id: "hf:org/gone", local_path: place.at("gone"), lifecycle: "Active", digest: null },
    };
    await place.file("index.json", JSON.stringify(index));
    const { exitCode, stdout, stderr } = await place.run("catalog", "import", "index.json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${id}\n` });
    expect(stderr).toContain("warning: hf:org/gone was not imported: ");
    expect(stderr).toContain("1 imported, 1 skipped\n");
    expect(await readFile(path, "utf8")).toBe("abc");
    const { stdout: shown } = await place.run("show", "model.gguf", "--json");
    expect(JSON.parse(shown)).toMatchObject({ trust: "verified", digest: `sha256:${abc}`, location: "external" });
  });

  test("--json prints one object", async ({ place }) => {
    await place.file("index.json", "{}");
    const { stdout } = await place.run("catalog", "import", "index.json", "--json");
    expect(JSON.parse(stdout)).toEqual({ imported: [], skipped: [] });
  });

  test("exits with 2 for what is no index", async ({ place }) => {
    await place.file("blank.json", "");
    const { exitCode, stdout, stderr } = await place.run("catalog", "import", "blank.json", "--json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "INDEX_INVALID" } });
  });

  test("says what is wrong with something that is no entry", async ({ place }) => {
    await place.file("index.json", '{"some-id": 7}');
    const { exitCode, stderr } = await place.run("catalog", "import", "index.json");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: some-id was not imported: it is not an entry: \w/m);
  });

  test("exits with 3 for an index that is not there", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("catalog", "import", "absent.json", "--json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "FILE_NOT_FOUND" } });
  });

  test("a model that is on record already is no reason for a warning", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const id = `file:${path}`;
    await place.file("index.json", JSON.stringify({ [id]: { id, local_path: path, lifecycle: "Active" } }));
    await place.run("catalog", "import", "index.json");
    const { exitCode, stdout, stderr } = await place.run("catalog", "import", "index.json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr.startsWith(`${id} was not imported: `)).toBe(true);
    expect(stderr).not.toContain("warning:");
  });
});
