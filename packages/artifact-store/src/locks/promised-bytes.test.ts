import { writeFile } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { idHash } from "../cache-layout.ts";
import { type TestCache, testCache } from "../testing/test-cache.ts";
import { notePath } from "./holder-note.ts";
import { openModelLock } from "./model-lock.ts";
import { promisedBytes } from "./promised-bytes.ts";

/** Another arrival, which has said what it is yet to write. */
async function promise(cache: TestCache, id: string, promised: { bytes: number; sinceMs: number }): Promise<void> {
  const lock = await openModelLock(cache.cacheDir, id);
  expect(lock.tryHold()).toBe("held");
  onTestFinished(() => lock.release());
  await lock.note({ doneBytes: 0, totalBytes: null, promised });
}

/** A note as its holder left it. */
async function leaveNote(cache: TestCache, id: string, note: object): Promise<void> {
  await openModelLock(cache.cacheDir, id);
  await writeFile(notePath(cache.layout.locks, idHash(id)), JSON.stringify(note));
}

test("what others promised before counts; what they promised later, and what is one's own, does not", async () => {
  await using cache = await testCache();
  await promise(cache, "mem:a", { bytes: 1, sinceMs: 100 });
  await promise(cache, "mem:b", { bytes: 10, sinceMs: 200 });
  await promise(cache, "mem:c", { bytes: 100, sinceMs: 300 });
  expect(await promisedBytes(cache.cacheDir, "mem:b", 200)).toBe(1);
  expect(await promisedBytes(cache.cacheDir, "mem:c", 300)).toBe(11);
  expect(await promisedBytes(cache.cacheDir, "mem:d", 400)).toBe(111);
  expect(await promisedBytes(cache.cacheDir, "mem:a", 400)).toBe(110);
});

test("of two at the same moment, one of them counts the other", async () => {
  await using cache = await testCache();
  await promise(cache, "mem:a", { bytes: 5, sinceMs: 100 });
  await promise(cache, "mem:b", { bytes: 5, sinceMs: 100 });
  const both = [await promisedBytes(cache.cacheDir, "mem:a", 100), await promisedBytes(cache.cacheDir, "mem:b", 100)];
  expect(both.toSorted((a, b) => a - b)).toEqual([0, 5]);
});

test("the promise of a holder that is done, or silent for long, is void", async () => {
  await using cache = await testCache();
  const note = { pid: 1, doneBytes: 0, totalBytes: null, promised: { bytes: 5, sinceMs: 100 } };
  for (const atMs of [Date.now() - 60_000, Date.now() + 60_000]) {
    await leaveNote(cache, "mem:silent", { ...note, atMs });
    expect(await promisedBytes(cache.cacheDir, "mem:b", 200)).toBe(0);
  }
  await leaveNote(cache, "mem:silent", { ...note, atMs: Date.now() });
  expect(await promisedBytes(cache.cacheDir, "mem:b", 200)).toBe(5);

  const done = await openModelLock(cache.cacheDir, "mem:done");
  done.tryHold();
  await done.note({ doneBytes: 0, totalBytes: null, promised: { bytes: 7, sinceMs: 100 } });
  expect(await promisedBytes(cache.cacheDir, "mem:b", 200)).toBe(12);
  await done.release();
  expect(await promisedBytes(cache.cacheDir, "mem:b", 200)).toBe(5);
});

test("a note that promises nothing, half a note and a strange one count for nothing", async () => {
  await using cache = await testCache();
  const note = { pid: 1, atMs: Date.now(), doneBytes: 0, totalBytes: null };
  await leaveNote(cache, "mem:a", note);
  await leaveNote(cache, "mem:b", { ...note, promised: { bytes: "5", sinceMs: 100 } });
  await leaveNote(cache, "mem:c", { ...note, promised: { bytes: -5, sinceMs: 100 } });
  await writeFile(notePath(cache.layout.locks, idHash("mem:d")), '{"pid":1,"atMs":');
  await writeFile(notePath(cache.layout.locks, "README"), "{}");
  expect(await promisedBytes(cache.cacheDir, "mem:e", 200)).toBe(0);
});

test("in a cache without locks, nobody has promised anything", async () => {
  await using cache = await testCache();
  expect(await promisedBytes(cache.cacheDir, "mem:a", 200)).toBe(0);
});
