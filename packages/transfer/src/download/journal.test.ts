import { link, lstat, mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test as base } from "vitest";
import type { IngestTarget } from "@llama-orch/catalog-core";
import { beginJournal, type JournalHead, noteRanges, readHeld } from "./journal.ts";

const digest = `sha256:${"0".repeat(64)}`;
const version = { sizeBytes: 1_000, etag: '"v1"' };

const test = base.extend<{ target: IngestTarget }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of fixtures from a pattern
  target: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "journal-"));
    const target = { path: join(folder, "model"), existingBytes: 0, journalPath: join(folder, "journal") };
    await writeFile(target.path, Buffer.alloc(1_000));
    await use(target);
    await rm(folder, { recursive: true });
  },
});

/** The journal of the file that is there. */
async function begin({ path, journalPath }: IngestTarget, head: Omit<JournalHead, "inode">): Promise<void> {
  const { ino } = await lstat(path, { bigint: true });
  await beginJournal(journalPath, { ...head, inode: String(ino) });
}

test("what was noted is held", async ({ target }) => {
  await begin(target, { version, digest: undefined });
  await noteRanges(target.journalPath, [{ from: 0, to: 100 }]);
  await noteRanges(target.journalPath, [
    { from: 100, to: 200 },
    { from: 500, to: 600 },
  ]);
  const held = await readHeld(target, { digest: undefined });
  expect(held?.head.version).toEqual(version);
  expect(held?.ranges.parts).toEqual([
    { from: 0, to: 200 },
    { from: 500, to: 600 },
  ]);
});

test("without a note, or without a journal, nothing is", async ({ target }) => {
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
  await begin(target, { version, digest: undefined });
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
});

test("a source without an ETag is gone on with only where a digest decides", async ({ target }) => {
  for (const noted of [undefined, digest]) {
    await begin(target, { version: { sizeBytes: 1_000, lastModified: "yesterday" }, digest: noted });
    await noteRanges(target.journalPath, [{ from: 0, to: 100 }]);
    expect((await readHeld(target, { digest: noted })) === undefined).toBe(noted === undefined);
  }
});

test("an ETag tells the version, whatever digest is given now; but for bytes of several mirrors", async ({
  target,
}) => {
  for (const isMixed of [false, true]) {
    await begin(target, { version, digest, isMixed });
    await noteRanges(target.journalPath, [{ from: 0, to: 100 }]);
    expect(await readHeld(target, { digest })).toBeDefined();
    expect((await readHeld(target, { digest: `sha256:${"1".repeat(64)}` })) === undefined).toBe(isMixed);
    expect((await readHeld(target, { digest: undefined })) === undefined).toBe(isMixed);
  }
});

test("a file that is shorter than was noted, or has a second name, or is gone, is another one", async ({ target }) => {
  await begin(target, { version, digest: undefined });
  await noteRanges(target.journalPath, [{ from: 0, to: 100 }]);
  await link(target.path, `${target.path}-2`);
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
  await rm(`${target.path}-2`);
  expect(await readHeld(target, { digest: undefined })).toBeDefined();
  await truncate(target.path, 99);
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
  await rm(target.path);
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
});

test("a file that another program has put there is vouched for by nothing but a digest", async ({ target }) => {
  await begin(target, { version, digest });
  await noteRanges(target.journalPath, [{ from: 0, to: 100 }]);
  await writeFile(`${target.path}-2`, Buffer.alloc(1_000, "x"));
  await rename(`${target.path}-2`, target.path);
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
  expect(await readHeld(target, { digest })).toBeDefined();
  await truncate(target.path, 1_001);
  expect(await readHeld(target, { digest })).toBeUndefined();
});

test("bytes of several mirrors are not added to what is noted as of one source", async ({ target }) => {
  await begin(target, { version, digest: undefined });
  await noteRanges(target.journalPath, [{ from: 0, to: 100 }]);
  expect(await readHeld(target, { digest })).toBeDefined();
  expect(await readHeld(target, { digest, isMixed: true })).toBeUndefined();
});

test.for([
  ["of another program", '{"fetcher":"fetcher-file","format":1}\n0-100\n'],
  ["of a later format", '{"writer":"transfer","format":2,"boot":"b","sizeBytes":1000,"etag":"\\"v1\\""}\n0-100\n'],
  ["without a size", '{"writer":"transfer","format":1,"boot":"b","etag":"\\"v1\\""}\n0-100\n'],
  ["of bytes", "\u0000\u0001\u0002"],
  ["empty", ""],
])("a journal %s is none", async ([, text = ""], { target }) => {
  await writeFile(target.journalPath, text);
  expect(await readHeld(target, { digest })).toBeUndefined();
});

test("a torn journal tells what was whole of it, and never more", async ({ target }) => {
  const notes = [
    { from: 0, to: 123 },
    { from: 200, to: 345 },
    { from: 400, to: 999 },
  ];
  await begin(target, { version, digest: undefined });
  await noteRanges(target.journalPath, notes);
  const text = await readFile(target.journalPath);
  for (let length = 0; length <= text.length; length += 1) {
    await writeFile(target.journalPath, text.subarray(0, length));
    const parts = (await readHeld(target, { digest: undefined }))?.ranges.parts ?? [];
    expect(notes.slice(0, parts.length)).toEqual(parts);
  }
});

test("nonsense between the lines is passed over", async ({ target }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string()), async (lines) => {
      await begin(target, { version, digest: undefined });
      await writeFile(target.journalPath, lines.map((line) => `${line.replaceAll("\n", "")}x\n`).join(""), {
        flag: "a",
      });
      expect(await readHeld(target, { digest: undefined })).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test("ranges outside of the file, or the wrong way round, are none", async ({ target }) => {
  await begin(target, { version, digest: undefined });
  await writeFile(target.journalPath, "5-5\n9-3\n0-1001\n-5-6\n1e3-2e3\n", { flag: "a" });
  expect(await readHeld(target, { digest: undefined })).toBeUndefined();
});
