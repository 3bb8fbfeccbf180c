import { createHash } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appearingFiles } from "./appearing-files.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(await realpath(tmpdir()), "appearing-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

async function place(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const download = ".cache/huggingface/download";
/** As Python writes it, with its padding. */
const hashOf = (name: string): string => `${createHash("sha1").update(`${name}.metadata`).digest("base64url")}=`;

test.each([
  ["0.25", "sub/model.v1.gguf", `${download}/sub/model.v1.gguf.etag.incomplete`],
  ["0.33 to 1.17", "sub/model.v1.gguf", `${download}/sub/${hashOf("model.v1.gguf")}.etag.incomplete`],
  ["from 1.18", "sub/model.v1.gguf", `${download}/sub/${hashOf("model.v1.gguf")}.etag.0a1b2c3d.incomplete`],
])("a partial file of a release %s counts for the file that it becomes", async (_, path, partial) => {
  await place({ [`${download}/${path}.lock`]: "", [partial]: "half", "config.json": "{}" });
  const { files, totalBytes } = await appearingFiles(folder);
  expect(Object.fromEntries(files)).toEqual({ [path]: 4, "config.json": 2 });
  expect(totalBytes).toBe(6);
});

test("one that belongs to nothing known counts for all, and for no file; notes are counted, and not their bytes", async () => {
  await place({
    [`${download}/x.abc.incomplete`]: "half",
    [`${download}/config.json.metadata`]: "note",
    "config.json": "{}",
  });
  const { files, notes, totalBytes } = await appearingFiles(folder);
  expect(Object.fromEntries(files)).toEqual({ "config.json": 2 });
  expect({ notes, totalBytes }).toEqual({ notes: 1, totalBytes: 6 });
});

test("a folder that is not there has nothing", async () => {
  expect(await appearingFiles(join(folder, "absent"))).toEqual({
    files: new Map(),
    partials: [],
    notes: 0,
    totalBytes: 0,
  });
});
