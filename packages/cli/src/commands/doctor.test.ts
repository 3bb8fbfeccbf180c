import { readdir, rm, writeFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { catalogDocuments, test } from "../testing/place.ts";

describe("doctor", () => {
  test("finds nothing wrong with a cache that is not there yet, and does not make it", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("doctor");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^cache +${place.cache} \\(not there yet, can be made\\)$`, "m"));
    expect(stdout).toMatch(/^schemes +file:$/m);
    expect(await readdir(place.folder)).toEqual([]);
  });

  test("--json prints one object", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const { exitCode, stdout } = await place.run("doctor", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      node: process.version,
      cache: { path: place.cache, state: "folder", writable: true, fileSystem: { freeBytes: expect.any(Number) } },
      catalog: { entries: 1, retired: 0, damaged: [], missing: [], stale: [], failures: [] },
      schemes: ["file"],
      problems: [],
    });
  });

  test("exits with 1, and says what to do, for missing and changed models", async ({ place }) => {
    const gone = await place.file("gone.gguf", "abc");
    const changed = await place.file("changed.gguf", "abc");
    await place.run("ensure", gone, changed);
    await rm(gone);
    await writeFile(changed, "other bytes");
    const { exitCode, stdout, stderr } = await place.run("doctor");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^catalog +2 models, 1 missing, 1 changed$/m);
    expect(stderr).toContain(`warning: file:${gone} is on record, and its files are gone.\nhint: `);
    expect(stderr).toContain(`warning: file:${changed} has changed since it was hashed.\nhint: `);
  });

  test("reports damaged records, and --repair moves them aside", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, "torn");
    const found = await place.run("doctor");
    expect(found.exitCode).toBe(1);
    expect(found.stderr).toContain(`warning: ${document} is no readable record: `);
    const repaired = await place.run("doctor", "--repair");
    expect(repaired.exitCode).toBe(0);
    expect(repaired.stdout).toMatch(/^repair +1 moved aside/m);
    expect(repaired.stderr).toMatch(/^moved .* to .*quarantine/);
    expect(await place.run("doctor", "--quiet")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("prints names of variables, never their values", async ({ place }) => {
    const secret = "correct-horse-battery";
    const env = { HTTPS_PROXY: `http://user:${secret}@proxy:1`, HF_TOKEN: secret };
    for (const form of [[], ["--json"]]) {
      const { stdout, stderr } = await place.runWith(env, "doctor", ...form);
      expect(stdout).toContain("HTTPS_PROXY");
      expect(stdout).toContain("HF_TOKEN");
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test("a cache that is a file is the finding, not a crash", async ({ place }) => {
    await place.file("cache", "");
    const { exitCode, stdout, stderr } = await place.run("doctor");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^cache +.*\(not a folder\)$/m);
    expect(stderr).toMatch(/^warning: .* is not a folder/m);
  });
});
