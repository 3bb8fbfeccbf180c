import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ArtifactDescription, describeArtifact } from "./describe-artifact.ts";
import { hideManaged } from "./hide-managed.ts";
import { type OpenIngest, openIngest } from "./open-ingest.ts";
import { checkPresence } from "./presence.ts";
import { type PublishedArtifact, publishArtifact } from "./publish.ts";

let cacheDir: string;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "artifact-store-"));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

interface Arrival {
  readonly ingest: OpenIngest;
  readonly description: ArtifactDescription;
}

async function arrive(id: string, files: Record<string, string>): Promise<Arrival> {
  const ingest = await openIngest(cacheDir, id);
  for (const [path, content] of Object.entries(files)) await writeFile((await ingest.target(path)).path, content);
  const fetched = Object.entries(files).map(([path, content]) => ({ path, sizeBytes: Buffer.byteLength(content) }));
  return { ingest, description: await describeArtifact({ kind: "directory", root: ingest.directory }, fetched) };
}

async function publish(id: string, files: Record<string, string>): Promise<PublishedArtifact> {
  const { ingest, description } = await arrive(id, files);
  const published = await publishArtifact({ cacheDir, id, kind: "directory", ingest, description });
  await ingest.discard();
  return published;
}

describe("publishArtifact", () => {
  test("shows a tree whole, read-only, with stats that prove it", async () => {
    const { localPath, files } = await publish("mem:a", { "a.gguf": "one", "sub/b.gguf": "two" });
    const root = join(cacheDir, localPath);
    expect(await readFile(join(root, "sub", "b.gguf"), "utf8")).toBe("two");
    expect((await stat(join(root, "a.gguf"))).mode & 0o777).toBe(0o444);
    expect((await stat(join(root, "sub"))).mode & 0o777).toBe(0o755);
    expect(await checkPresence({ kind: "directory", root }, files)).toBe("intact");
    expect(await readdir(join(cacheDir, "ingest"))).toEqual([]);
  });

  test("shows the artifact's files and nothing else that a tool has left beside them", async () => {
    const { ingest, description } = await arrive("mem:a", { "a.gguf": "one" });
    await writeFile((await ingest.target(".cache/token.lock")).path, "litter");
    await symlink("/etc/hosts", join(ingest.directory, "evil"));
    const { localPath } = await publishArtifact({ cacheDir, id: "mem:a", kind: "directory", ingest, description });
    expect(await readdir(join(cacheDir, localPath))).toEqual(["a.gguf"]);
  });

  test("of the same bytes again uses what is there", async () => {
    const first = await publish("mem:a", { "a.gguf": "one" });
    const inode = (await stat(join(cacheDir, first.localPath, "a.gguf"))).ino;
    expect(await publish("mem:a", { "a.gguf": "one" })).toEqual(first);
    expect((await stat(join(cacheDir, first.localPath, "a.gguf"))).ino).toBe(inode);
  });

  test("moves what was damaged aside, and never overwrites it", async () => {
    const { localPath } = await publish("mem:a", { "a.gguf": "one" });
    const file = join(cacheDir, localPath, "a.gguf");
    await chmod(file, 0o644);
    await writeFile(file, "eno");
    await publish("mem:a", { "a.gguf": "one" });
    expect(await readFile(file, "utf8")).toBe("one");
    const beside = await readdir(join(cacheDir, localPath, ".."));
    const aside = beside.find((name) => name.includes(".damaged-"));
    expect(await readFile(join(cacheDir, localPath, "..", String(aside), "a.gguf"), "utf8")).toBe("eno");
  });

  test("gives other bytes of the same model another folder", async () => {
    const one = await publish("mem:a", { "a.gguf": "one" });
    const two = await publish("mem:a", { "a.gguf": "two" });
    expect(one.localPath).not.toBe(two.localPath);
    expect(await readFile(join(cacheDir, one.localPath, "a.gguf"), "utf8")).toBe("one");
  });

  test.each([
    ["mem:a/b-c", "mem:a-b/c"],
    ["mem:Model", "mem:model"],
    [`mem:${"long/".repeat(100)}a`, `mem:${"long/".repeat(100)}b`],
  ])("keeps %s and %s apart, also where case is folded", async (a, b) => {
    const [one, two] = [await publish(a, { x: "same" }), await publish(b, { x: "same" })];
    expect(one.localPath.toLowerCase()).not.toBe(two.localPath.toLowerCase());
  });
});

describe("an ingest", () => {
  test.each(["../x", "/x", "a//b", "a/./b", "a/../../b", "", "a\u0000b", "x".repeat(256)])(
    "has no target for %j",
    async (path) => {
      const ingest = await openIngest(cacheDir, "mem:a");
      await expect(ingest.target(path)).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
    },
  );

  test("knows what is there of a target, and keeps its journal out of the artifact", async () => {
    const ingest = await openIngest(cacheDir, "mem:a");
    const target = await ingest.target("sub/a.gguf");
    await writeFile(target.path, "abc");
    await writeFile(target.journalPath, "notes");
    expect(await ingest.target("sub/a.gguf")).toEqual({ ...target, existingBytes: 3 });
    expect(await readdir(ingest.directory, { recursive: true })).toEqual(["sub", "sub/a.gguf"]);
  });

  test("of the same model twice is two folders", async () => {
    const [one, two] = [await openIngest(cacheDir, "mem:a"), await openIngest(cacheDir, "mem:a")];
    expect(one.directory).not.toBe(two.directory);
  });
});

describe("checkPresence", () => {
  test("tells missing, changed, unproved and intact, and lets the worst file decide", async () => {
    const { localPath, files } = await publish("mem:a", { a: "one", b: "two" });
    const artifact = { kind: "directory", root: join(cacheDir, localPath) } as const;
    const [a, b] = files;
    if (a === undefined || b?.stat === undefined) throw new Error("two files were published");
    const { stat: _stat, ...young } = a;
    expect(await checkPresence(artifact, [a, b])).toBe("intact");
    expect(await checkPresence(artifact, [young, b])).toBe("unproved");
    expect(await checkPresence(artifact, [a, { ...b, stat: { ...b.stat, inode: "1" } }])).toBe("unproved");
    expect(await checkPresence(artifact, [young, { ...b, sizeBytes: 4 }])).toBe("changed");
    expect(await checkPresence(artifact, [a, { ...b, stat: { ...b.stat, mtimeNs: "1" } }])).toBe("changed");
    expect(await checkPresence(artifact, [a, { ...b, path: "c" }])).toBe("missing");
    expect(
      await checkPresence(artifact, [
        { ...a, sizeBytes: 4 },
        { ...b, path: "c" },
      ]),
    ).toBe("missing");
  });
});

describe("hideManaged", () => {
  test("takes a model out of sight at once, in every version, and then off the disk", async () => {
    const { localPath } = await publish("mem:a", { "sub/a": "one" });
    await publish("mem:a", { "sub/a": "two" });
    await publish("mem:b", { a: "other" });
    const hidden = await hideManaged(cacheDir, `${localPath}/sub/a`);
    expect(await readdir(join(cacheDir, "models"))).toEqual([expect.stringContaining("mem_b")]);
    await hidden?.remove();
    expect(await readdir(join(cacheDir, "ingest"))).toEqual([]);
    expect(await hideManaged(cacheDir, localPath)).toBeUndefined();
  });

  test.each(["../outside/x/y", "models", "models/x", "models/../../x/y", "catalog/entries/ab", "/models/a/b"])(
    "refuses %s, whatever a record says",
    async (localPath) => {
      await expect(hideManaged(cacheDir, localPath)).rejects.toMatchObject({ code: "FILE_NOT_WRITABLE" });
    },
  );
});
