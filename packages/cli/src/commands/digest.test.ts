import { mkdir, readdir } from "node:fs/promises";
import { describe, expect } from "vitest";
import { test } from "../testing/place.ts";

const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

describe("digest", () => {
  test("prints the sha256 of a file, and registers nothing", async ({ place }) => {
    await place.file("model.gguf", "abc");
    expect(await place.run("digest", "model.gguf")).toEqual({ exitCode: 0, stdout: `sha256:${abc}\n`, stderr: "" });
    expect(await readdir(place.folder)).toEqual(["model.gguf"]);
  });

  test("reads file: forms, and takes everything else for a path", async ({ place }) => {
    await place.file("model 1.gguf", "abc");
    await place.file("model:Q4.gguf", "abc");
    expect((await place.run("digest", `file://${place.at("model%201.gguf")}`)).stdout).toBe(`sha256:${abc}\n`);
    expect((await place.run("digest", "model:Q4.gguf")).stdout).toBe(`sha256:${abc}\n`);
  });

  test("prints the digest of a folder's listing, and the listing", async ({ place }) => {
    await mkdir(place.at("model/deep"), { recursive: true });
    await place.file("model/deep/b", "abc");
    await place.file("model/a", "abc");
    const { stdout: listing } = await place.run("digest", "model", "--listing");
    expect(listing).toBe(`${abc}  a\n${abc}  deep/b\n`);
    await place.file("listing", listing);
    expect((await place.run("digest", "model")).stdout).toBe((await place.run("digest", "listing")).stdout);
  });

  test("--json prints the files, too", async ({ place }) => {
    await place.file("model.gguf", "abc");
    expect(JSON.parse((await place.run("digest", "model.gguf", "--json")).stdout)).toMatchObject({
      kind: "file",
      digest: `sha256:${abc}`,
      sizeBytes: 3,
      files: [{ path: "model.gguf", sizeBytes: 3, digest: `sha256:${abc}` }],
    });
  });

  test.skipIf(process.platform === "win32")("takes a path with a colon for a path", async ({ place }) => {
    await place.file("hf:model", "abc");
    expect((await place.run("digest", "hf:model")).stdout).toBe(`sha256:${abc}\n`);
  });

  test("exits with 3 for a missing file, with 2 without one", async ({ place }) => {
    expect(await place.run("digest", "absent")).toMatchObject({ exitCode: 3, stdout: "" });
    expect(await place.run("digest")).toMatchObject({ exitCode: 2, stdout: "" });
    expect(await place.run("digest", "")).toMatchObject({ exitCode: 2, stdout: "" });
  });
});
