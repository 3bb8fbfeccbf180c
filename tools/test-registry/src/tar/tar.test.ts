import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packFiles } from "./pack.ts";
import { fileEntries, type TarEntry, tarOf } from "./tar.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tar-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const long = (name: string): string => `${"directory/".repeat(30)}${name}`;

// The tar of Windows makes other things of links and odd names.
const isWindows = process.platform === "win32";

test.skipIf(isWindows)("tar unpacks files and folders", () => {
  expect(unpack(fileEntries({ "a/b/c.txt": Buffer.from("c"), "a/d.txt": Buffer.alloc(1000, "d") })).status).toBe(0);
  expect(new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }))).toEqual(
    new Set(["a", "a/b", "a/b/c.txt", "a/d.txt"]),
  );
  expect(readFileSync(join(folder, "a/d.txt"), "latin1")).toBe("d".repeat(1000));
});

test.skipIf(isWindows).each([
  [`${"p".repeat(90)}/${"n".repeat(90)}`, undefined],
  [long("pax"), "pax"],
  [long("gnu"), "gnu"],
  ["n".repeat(120), undefined],
] as const)("long names: %s", (path, longName) => {
  const entry: TarEntry = { path, content: Buffer.from("text"), ...(longName && { longName }) };
  expect(unpack([...fileEntries({ [path]: Buffer.from("") }).slice(0, -1), entry]).status).toBe(0);
  expect(readFileSync(join(folder, path), "latin1")).toBe("text");
});

test.skipIf(isWindows)("links, also with long targets", () => {
  unpack([
    { path: "link", type: "symlink", linkPath: long("target") },
    { path: "gnu", type: "symlink", linkPath: long("target"), longName: "gnu" },
  ]);
  expect([readlinkSync(join(folder, "link")), readlinkSync(join(folder, "gnu"))]).toEqual([
    long("target"),
    long("target"),
  ]);
});

test.skipIf(isWindows)("hostile entries stand as they were given", () => {
  const { stdout } = list([
    { path: "/absolute" },
    { path: "../outside" },
    { path: "hard", type: "hardlink", linkPath: "/etc/passwd" },
    { path: "device", type: "character-device" },
    { path: "pipe", type: "fifo" },
    { path: "twice" },
    { path: "twice" },
    { path: "plain", pax: { path: "from-pax" } },
  ]);
  const names = ["/absolute", "../outside", "hard", "device", "pipe", "twice", "twice", "from-pax"];
  expect(stdout.trim().split("\n")).toEqual(names);
});

test.skipIf(isWindows)("sizes and checksums can lie", () => {
  const bytes = tarOf([{ path: "file", content: Buffer.from("text"), sizeInHeader: 2 ** 30 }], { end: false });
  expect(bytes.toString("latin1", 124, 135)).toBe("10000000000");
  expect(bytes).toHaveLength(1024);
  expect(list([{ path: "file", checksum: 1 }]).status).not.toBe(0);
});

test.skipIf(isWindows)("thousands of entries, the same each time", () => {
  const entries = Array.from({ length: 5000 }, (_, index) => ({ path: `f${index}` }));
  expect(tarOf(entries).equals(tarOf(entries))).toBe(true);
  expect(list(entries).stdout.trim().split("\n")).toHaveLength(5000);
});

test.each(["gzip", "zstd"] as const)("what is packed by %s holds the archive", (compression) => {
  const { tar, packed } = packFiles({ file: { sizeBytes: 10_000, seed: 1 } }, compression);
  expect((compression === "gzip" ? gunzipSync : zstdDecompressSync)(packed).equals(tar)).toBe(true);
});

function unpack(entries: Iterable<TarEntry>) {
  return spawnSync("tar", ["-xf", "-", "-C", folder], { input: tarOf(entries), encoding: "utf8" });
}

function list(entries: Iterable<TarEntry>) {
  return spawnSync("tar", ["-tPf", "-"], { input: tarOf(entries), encoding: "utf8" });
}
