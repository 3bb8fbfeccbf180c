import { readdir, rm } from "node:fs/promises";
import { describe, expect } from "vitest";
import { test } from "../testing/place.ts";

describe("path", () => {
  test("prints where a model lies, by any form of its reference", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path);
    for (const form of ["model.gguf", "./x/../model.gguf", `file:${path}`, `file://${path}`]) {
      expect(await place.run("path", form)).toEqual({ exitCode: 0, stdout: `${path}\n`, stderr: "" });
    }
    const { stdout } = await place.run("path", "model.gguf", "--json");
    expect(JSON.parse(stdout)).toEqual({ id: `file:${path}`, localPath: path });
  });

  test("exits with 3, and writes nothing, when it is not on record", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.run("path", "model.gguf");
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toContain("is not in the catalog of");
    expect(await readdir(place.folder)).toEqual(["model.gguf"]);
  });

  test("exits with 3 when it is retired, and when its file is gone", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path);
    await place.run("retire", path);
    const retired = await place.run("path", path);
    expect(retired).toMatchObject({ exitCode: 3, stdout: "" });
    expect(retired.stderr).toContain("is retired");
    await place.run("ensure", path);
    await rm(path);
    const gone = await place.run("path", path, "--json");
    expect(gone).toMatchObject({ exitCode: 3, stdout: "" });
    expect(JSON.parse(gone.stderr)).toMatchObject({ error: { code: "MODEL_ABSENT" } });
  });
});
