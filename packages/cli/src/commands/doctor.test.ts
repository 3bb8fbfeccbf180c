import { readdir, rm, writeFile } from "node:fs/promises";
import { describe, expect } from "vitest";
import { catalogDocuments, newerDocument, test } from "../testing/place.ts";

const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("doctor", () => {
  test("finds nothing wrong with a cache that is not there yet, and does not make it", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("doctor");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^cache +${place.cache} \\(not there yet, can be made\\)$`, "m"));
    expect(stdout).toMatch(/^schemes +file: hf: http: https: oci: s3:$/m);
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
      schemes: ["file", "hf", "http", "https", "oci", "s3"],
      problems: [],
      warnings: [],
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

  test("a record of a newer version stays where it is, and the hint does not say otherwise", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, newerDocument);
    for (const options of [[], ["--repair"]]) {
      const { exitCode, stderr } = await place.run("doctor", ...options);
      expect(exitCode).toBe(1);
      expect(stderr.split(document)).toHaveLength(2);
      expect(stderr).toMatch(/^hint: .*newer version/m);
      expect(stderr).not.toContain("--repair");
    }
    expect(await catalogDocuments(place)).toEqual([document]);
  });

  test("says of a changed model what ensure would do, and ensure does it", async ({ place }) => {
    const vouched = await place.file("vouched.gguf", "abc");
    const seen = await place.file("seen.gguf", "abc");
    await place.run("ensure", vouched, "--digest", abc);
    await place.run("ensure", seen);
    await writeFile(vouched, "other bytes");
    const afterVouched = await place.run("doctor");
    expect(afterVouched.stderr).toMatch(/^hint: .*ensure fails with DIGEST_MISMATCH.*--digest/m);
    expect(afterVouched.stderr).not.toContain("registers what is there now");
    expect(await place.run("ensure", vouched)).toMatchObject({ exitCode: 4 });
    await writeFile(vouched, "abc");
    await place.run("ensure", vouched);
    await writeFile(seen, "other bytes");
    expect((await place.run("doctor")).stderr).toMatch(/^hint: .*ensure registers what is there now/m);
    expect(await place.run("ensure", seen)).toMatchObject({ exitCode: 0 });
    expect(await place.run("doctor")).toMatchObject({ exitCode: 0, stderr: "" });
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
