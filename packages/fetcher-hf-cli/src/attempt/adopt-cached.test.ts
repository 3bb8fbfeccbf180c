import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HfRef, parseModelRef } from "@llama-orch/catalog-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { openReflinkDisk } from "../../../../tools/reflink-disk/reflink-disk.ts";
import { adoptCached } from "./adopt-cached.ts";

const commit = "c".repeat(40);
const blob = "b".repeat(64);
const refOf = (text: string): HfRef => parseModelRef(text) as HfRef;

/** A cache as the Python library keeps it, with one large file and one small one. */
async function fillCache(home: string): Promise<string> {
  const repository = join(home, "hub", "models--org--repo");
  const snapshot = join(repository, "snapshots", commit);
  for (const folder of ["blobs", "refs", join("snapshots", commit, "sub")])
    await mkdir(join(repository, folder), { recursive: true });
  await writeFile(join(repository, "refs", "main"), commit);
  await writeFile(join(repository, "blobs", blob), "weights");
  await writeFile(join(repository, "blobs", "d".repeat(40)), "{}");
  await writeFile(join(home, "elsewhere"), "secret");
  await symlink(`../../../blobs/${blob}`, join(snapshot, "sub", "model.gguf"));
  await symlink(`../../blobs/${"d".repeat(40)}`, join(snapshot, "config.json"));
  await symlink("../../../../elsewhere", join(snapshot, "out.gguf"));
  return repository;
}

describe("with reflinks", () => {
  test.for([
    ["hf:org/repo/sub/model.gguf", 7],
    [`hf:org/repo@${commit}/sub/model.gguf`, 7],
    ["hf:org/repo@other/sub/model.gguf", 0],
    ["hf:org/repo/config.json", 0],
    ["hf:org/repo/out.gguf", 0],
    ["hf:org/repo/absent.gguf", 0],
    ["hf:org/other/sub/model.gguf", 0],
    ["hf:org/repo", 0],
  ] as const)("of %s, %i bytes are taken over", async ([reference, bytes], { skip }) => {
    const disk = await openReflinkDisk();
    if ("unavailable" in disk) return skip(disk.unavailable);
    onTestFinished(() => disk[Symbol.asyncDispose]());
    const [home, folder] = [join(disk.path, "home"), join(disk.path, "attempt")];
    const repository = await fillCache(home);
    const before = await stat(join(repository, "blobs", blob), { bigint: true });
    await mkdir(folder);
    expect(await adoptCached(refOf(reference), folder, { HF_HOME: home })).toEqual(
      bytes > 0 ? { sizeBytes: bytes, etag: blob } : undefined,
    );
    const taken = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith("f"));
    expect(taken).toEqual(bytes > 0 ? ["sub/model.gguf"] : []);
    if (bytes === 0) return;
    const at = join(folder, "sub", "model.gguf");
    expect(await readFile(at, "utf8")).toBe("weights");
    const after = await stat(join(repository, "blobs", blob), { bigint: true });
    // Another inode: what becomes of the one does not reach the other, and the cache's is as it was.
    expect((await stat(at, { bigint: true })).ino).not.toBe(after.ino);
    for (const fact of ["ino", "nlink", "mode", "mtimeNs", "ctimeNs"] as const) expect(after[fact]).toBe(before[fact]);
  });
});

test.runIf(existsSync("/dev/shm"))(
  "without reflinks nothing is copied: the CLI does that itself, once it knows that it is the right one",
  async () => {
    const root = await mkdtemp("/dev/shm/adopt-cached-");
    try {
      await fillCache(root);
      const folder = join(root, "attempt");
      await mkdir(folder);
      expect(await adoptCached(refOf("hf:org/repo/sub/model.gguf"), folder, { HF_HOME: root })).toBeUndefined();
      expect(existsSync(join(folder, "sub", "model.gguf"))).toBe(false);
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

test("what an earlier attempt has left is not replaced", async () => {
  const root = await mkdtemp(join(await realpath(tmpdir()), "adopt-cached-"));
  try {
    await fillCache(root);
    const folder = join(root, "attempt");
    await mkdir(join(folder, "sub"), { recursive: true });
    await writeFile(join(folder, "sub", "model.gguf"), "left");
    expect(await adoptCached(refOf("hf:org/repo/sub/model.gguf"), folder, { HF_HOME: root })).toBeUndefined();
    expect(await readFile(join(folder, "sub", "model.gguf"), "utf8")).toBe("left");
  } finally {
    await rm(root, { recursive: true });
  }
});
