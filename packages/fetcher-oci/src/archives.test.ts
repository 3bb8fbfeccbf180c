import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  buildArtifact,
  modelcarImage,
  type OciArtifact,
  type TarEntry,
  tarOf,
} from "../../../tools/test-registry/src/index.ts";
import type { OciFetcherOptions } from "./oci-fetcher-options.ts";
import { openSetting, type Setting, visibleFiles } from "./testing/setting.ts";

const content = Buffer.from("content");
const large = Buffer.alloc(3 * 1024 * 1024, 7);
const honest: TarEntry = { path: "honest.txt", content };

function kit(...archives: readonly Buffer[]): OciArtifact {
  return buildArtifact({
    config: { mediaType: "application/vnd.kitops.modelkit.config.v1+json", document: {} },
    layers: archives.map((archive) => ({
      mediaType: `application/vnd.kitops.modelkit.model.v1.tar${archive[0] === 0x1f ? "+gzip" : ""}`,
      content: archive,
    })),
    files: {},
  });
}

async function settingWith(artifact: OciArtifact, options: OciFetcherOptions = {}): Promise<Setting> {
  const setting = await openSetting(options);
  setting.registry.pushArtifact("org/model", "v1", artifact);
  return setting;
}

async function filesOf(setting: Setting, reference = "org/model:v1"): Promise<Record<string, string>> {
  const { localPath } = await setting.ensure(reference);
  const entry = await setting.entry(reference);
  const opened = entry?.entryPoint ?? "";
  const root = entry?.kind === "file" ? dirname(localPath) : localPath.slice(0, localPath.length - opened.length);
  const files: Record<string, string> = {};
  for (const { path } of entry?.files ?? []) files[path] = await readFile(join(root, path), "utf8");
  return files;
}

/** What lies below the cache, private or not: by the bytes that were really written. */
async function unpackedNames(cacheDir: string): Promise<readonly string[]> {
  const entries = await readdir(cacheDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test.for<readonly [string, readonly TarEntry[]]>([
  ["an absolute path", [{ path: "/etc/x", content }]],
  ["a path with ..", [{ path: "a/../../x", content }]],
  [".. as a whole", [{ path: "..", type: "directory" }]],
  ["a symlink out", [{ path: "x", type: "symlink", linkPath: "../../etc/passwd" }]],
  ["an absolute symlink", [{ path: "x", type: "symlink", linkPath: "/etc/passwd" }]],
  ["a hardlink out", [{ path: "a/x", type: "hardlink", linkPath: "../etc/passwd" }]],
  ["a hardlink without a target", [{ path: "x", type: "hardlink" }]],
  ["a link to itself", [{ path: "x", type: "symlink", linkPath: "x" }]],
  [
    "a loop of links",
    [
      { path: "x", type: "symlink", linkPath: "y" },
      { path: "y", type: "symlink", linkPath: "x" },
    ],
  ],
  [
    "a link to a folder",
    [
      { path: "d/f", content },
      { path: "x", type: "symlink", linkPath: "d" },
    ],
  ],
  ["a link to nothing", [{ path: "x", type: "symlink", linkPath: "absent" }]],
  [
    "a file through a link",
    [
      { path: "x", type: "symlink", linkPath: "honest.txt" },
      { path: "x/y", content },
    ],
  ],
  ["a character device", [{ path: "x", type: "character-device" }]],
  ["a block device", [{ path: "x", type: "block-device" }]],
  ["a fifo", [{ path: "x", type: "fifo" }]],
  ["a sparse file of GNU", [{ path: "x", typeFlag: "S", content }]],
  ["the folder of the archives", [{ path: ".layers/x", content }]],
  ["the folder of the archives, in capitals", [{ path: "./.LAYERS/x", content }]],
  [
    "a file, then a folder of its name",
    [
      { path: "a", content },
      { path: "a/b", content },
    ],
  ],
  [
    "a folder, then a file of its name",
    [
      { path: "a/b", content },
      { path: "a", content },
    ],
  ],
  ["a size that is none", [{ path: "x", content, pax: { size: "many" } }]],
  ["a size beyond the end", [{ path: "x", content, sizeInHeader: 1_000_000 }]],
  ["a size within the content", [{ path: "x", content: large, sizeInHeader: 1_000 }]],
  ["a wrong checksum", [{ path: "x", content, checksum: 1 }]],
])("unsafe: %s", async ([, entries]) => {
  await using setting = await settingWith(kit(tarOf([honest, ...entries, { path: "after", content: large }])));
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_ARCHIVE_UNSAFE" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
});

test.for<readonly [string, Buffer]>([
  ["truncated within a file", tarOf([honest, { path: "x", content: large }]).subarray(0, 2_000_000)],
  ["truncated within a head", tarOf([honest]).subarray(0, 1_300)],
  ["followed by something else", Buffer.concat([tarOf([honest]), Buffer.alloc(2_048, "garbage")])],
  ["no archive", Buffer.alloc(100_000, "text")],
  ["said to be gzip, and damaged", gzipSync(tarOf([honest, { path: "x", content: large }])).subarray(0, 2_000)],
  ["gzip of no archive", gzipSync(Buffer.alloc(100_000, "text"))],
])("no archive: %s", async ([, archive]) => {
  await using setting = await settingWith(kit(archive));
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_ARCHIVE_UNSAFE" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
});

test("what is unsafe right at the beginning ends it, however much comes after it", async () => {
  const rest = Array.from({ length: 12 }, (_, index) => ({ path: `after-${index}`, content: large }));
  for (const archive of [
    tarOf([{ path: "../x", content }, ...rest]),
    gzipSync(tarOf([{ path: "x", type: "fifo" }, ...rest])),
  ]) {
    await using setting = await settingWith(kit(archive));
    await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_ARCHIVE_UNSAFE" });
    expect(await unpackedNames(setting.cacheDir)).not.toContain("after-11");
  }
});

test.for<readonly [string, readonly TarEntry[]]>([
  [
    "case twins",
    [
      { path: "Model.gguf", content },
      { path: "model.gguf", content },
    ],
  ],
  ["a backslash", [{ path: "a\\b", content }]],
  ["a control character", [{ path: "a\nb", content }]],
  ["a NUL in a long name", [{ path: "x", content, pax: { path: "a\0b" } }]],
  ["a segment that is too long", [{ path: "a".repeat(300), content }]],
])("names that cannot be kept: %s", async ([, entries]) => {
  await using setting = await settingWith(kit(tarOf([honest, ...entries])));
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_PATHS_UNSUPPORTED" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
});

test("an image cannot write among the archives that are still to be unpacked", async () => {
  for (const path of ["models/.layers/x", "models/.Layers/x"]) {
    await using setting = await settingWith(modelcarImage({ "m.gguf": content }, { layers: [[{ path, content }]] }));
    await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_ARCHIVE_UNSAFE" });
  }
  await using setting = await settingWith(kit(tarOf([{ path: "sub/.layers/x", content }])));
  await expect(setting.ensure("org/model:v1#sub")).rejects.toMatchObject({ code: "OCI_ARCHIVE_UNSAFE" });
});

test("links within it are copies of what they lead to, also over other links and from other layers", async () => {
  const first = tarOf([
    { path: "blobs/one", content },
    { path: "snapshots/main/model.gguf", type: "symlink", linkPath: "../../blobs/one" },
    { path: "again.gguf", type: "symlink", linkPath: "snapshots/main/model.gguf" },
  ]);
  const second = tarOf([{ path: "hard/link", type: "hardlink", linkPath: "blobs/one" }]);
  await using setting = await settingWith(kit(first, second));
  const text = content.toString();
  expect(await filesOf(setting)).toEqual({
    "again.gguf": text,
    "blobs/one": text,
    "hard/link": text,
    "snapshots/main/model.gguf": text,
  });
});

test.for(["pax", "gnu"] as const)("long names, by %s", async (longName) => {
  const path = `${"folder-".repeat(20)}/${"name-".repeat(30)}.gguf`;
  const linkPath = `${"folder-".repeat(20)}/${"name-".repeat(30)}.gguf`;
  const archive = tarOf([
    { path, content, longName },
    { path: "link", type: "symlink", linkPath, longName },
  ]);
  await using setting = await settingWith(kit(archive));
  expect(await filesOf(setting)).toEqual({ [path]: content.toString(), link: content.toString() });
});

test("empty files, hidden files, folders alone, and the last of several of one name", async () => {
  const archive = tarOf([
    { path: "./", type: "directory" },
    { path: "./empty", content: Buffer.alloc(0) },
    { path: ".hidden/.file", content },
    { path: "folder/", type: "directory" },
    { path: "twice", content },
    { path: "./twice", content: Buffer.from("second") },
  ]);
  await using setting = await settingWith(kit(archive));
  expect(await filesOf(setting)).toEqual({ ".hidden/.file": "content", empty: "", twice: "second" });
});

test("a later layer of an image puts a folder in the place of a file, and a file in that of a folder", async () => {
  const image = modelcarImage(
    { a: content, "b/c": content, "b/d": content },
    {
      layers: [
        [
          { path: "models/a/x", content },
          { path: "models/b", content },
        ],
      ],
    },
  );
  await using setting = await settingWith(image);
  expect(Object.keys(await filesOf(setting)).toSorted()).toEqual(["a/x", "b"]);
});

test("a link that a later layer takes away is gone", async () => {
  const image = modelcarImage(
    { a: content },
    { layers: [[{ path: "models/link", type: "symlink", linkPath: "a" }], [{ path: "models/.wh.link" }]] },
  );
  await using setting = await settingWith(image);
  expect(Object.keys(await filesOf(setting))).toEqual(["a"]);
});

const bomb = gzipSync(tarOf([honest, { path: "bomb", content: Buffer.alloc(64 * 1024 * 1024) }]));
const mebibyte = 1024 * 1024;

test.for<readonly [string, Buffer, OciFetcherOptions["archives"], string]>([
  ["a file", bomb, { maxFileBytes: mebibyte }, "maxFileBytes"],
  ["all files", bomb, { maxTotalBytes: mebibyte }, "maxTotalBytes"],
  [
    "entries",
    tarOf([honest, { path: "d", type: "directory" }, { path: "e", content }]),
    { maxEntries: 2 },
    "maxEntries",
  ],
  [
    "copies of links",
    tarOf([
      { path: "x", content: large },
      { path: "y", type: "symlink", linkPath: "x" },
    ]),
    { maxTotalBytes: 4 * mebibyte },
    "maxTotalBytes",
  ],
  [
    "what is no file",
    gzipSync(Buffer.alloc(64 * mebibyte)),
    { maxTotalBytes: mebibyte, maxEntries: 10 },
    "maxTotalBytes",
  ],
])("too large: %s", async ([, archive, archives, option]) => {
  await using setting = await settingWith(kit(archive), { ...(archives !== undefined && { archives }) });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({
    code: "OCI_ARCHIVE_TOO_LARGE",
    facts: { option },
    category: "not-allowed",
  });
  expect(await unpackedNames(setting.cacheDir)).not.toContain("bomb");
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
});

test("what is not wanted of an archive counts, too: it is read all the same", async () => {
  await using setting = await settingWith(kit(bomb), { archives: { maxTotalBytes: mebibyte } });
  await expect(setting.ensure("org/model:v1#honest.txt")).rejects.toMatchObject({ code: "OCI_ARCHIVE_TOO_LARGE" });
});

/** Ensures it, and aborts that as soon as a file is there. */
async function abortAt(setting: Setting, name: string): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("enough");
  const watch = setInterval(() => {
    void unpackedNames(setting.cacheDir)
      .then((names) => names.includes(name) && controller.abort(reason))
      .catch(() => {});
  }, 1);
  await expect(setting.ensure("org/model:v1", undefined, { signal: controller.signal })).rejects.toBe(reason);
  clearInterval(watch);
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
}

const many = Array.from({ length: 50 }, (_, index) => ({ path: `file-${index}`, content: large.subarray(0, 500_000) }));

test("aborted in the middle of unpacking: the reason, and nothing to be seen", async () => {
  await using setting = await settingWith(kit(tarOf(many)));
  await abortAt(setting, "file-3");
  expect(Object.keys(await filesOf(setting))).toHaveLength(50);
});

test("what was left when it was unpacked before is not in the way: a folder, where a file comes first", async () => {
  const below = many.map(({ path, content: bytes }) => ({ path: `models/${path}`, content: bytes }));
  const image = modelcarImage(
    { a: content },
    { layers: [[{ path: "models/.wh.a" }, { path: "models/a/x", content }, ...below]] },
  );
  await using setting = await settingWith(image);
  await abortAt(setting, "file-3");
  expect(Object.keys(await filesOf(setting))).toEqual(expect.arrayContaining(["a/x", "file-49"]));
  expect(Object.keys(await filesOf(setting))).not.toContain("a");
});

test("titles of layers that are in each other's way are refused before a byte comes", async () => {
  for (const path of ["a/b", ".layers/x"]) {
    const artifact = buildArtifact({
      config: { mediaType: "application/vnd.cncf.model.config.v1+json", document: {} },
      layers: [
        ...["a", ".layers", path].map((name) => ({
          mediaType: "application/vnd.cncf.model.doc.v1.raw",
          content: Buffer.from(name),
          annotations: { "org.cncf.model.filepath": name },
        })),
        { mediaType: "application/vnd.cncf.model.weight.v1.tar", content: tarOf([honest]) },
      ],
      files: {},
    });
    await using setting = await settingWith(artifact);
    await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_PATHS_UNSUPPORTED" });
    expect(setting.registry.requests.filter(({ path: asked }) => asked.includes("/blobs/"))).toEqual([]);
  }
});
