import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { beforeEachCall, recordCalls } from "../testing/fs-calls.ts";
import { type TestCache, testCache } from "../testing/test-cache.ts";
import { type OpenIngest, openIngest } from "./open-ingest.ts";
import { stepBytes, writeBehind } from "./write-behind.ts";

async function arriving(cache: TestCache, path: string): Promise<OpenIngest> {
  const ingest = await openIngest(cache.cacheDir, "mem:a", { holdsLock: true });
  await writeFile((await ingest.target(path)).path, "abc");
  return ingest;
}

const syncs = (calls: readonly string[]): readonly string[] =>
  calls.filter((call) => /^f?(?:data)?sync /.test(call)).map((call) => call.replace(/ .*\/tree\//, " "));

test("a file is synced after each step of its progress, and `finish` waits for that", async () => {
  await using cache = await testCache();
  const ingest = await arriving(cache, "sub/a");
  const calls = await recordCalls(cache.cacheDir);
  const behind = writeBehind(ingest.directory);
  for (const writtenBytes of [1, stepBytes, stepBytes + 1, 2 * stepBytes - 1, 2 * stepBytes]) {
    behind.advance("sub/a", writtenBytes);
    await behind.finish();
  }
  expect(syncs(calls)).toEqual(["datasync sub/a", "datasync sub/a"]);
});

test("one sync at a time, whatever is announced meanwhile", async () => {
  await using cache = await testCache();
  const ingest = await arriving(cache, "a");
  const held = Promise.withResolvers<undefined>();
  let syncing = 0;
  await beforeEachCall(cache.cacheDir, async ({ name }) => {
    if (name !== "datasync") return;
    syncing += 1;
    await held.promise;
  });
  const behind = writeBehind(ingest.directory);
  for (const step of [1, 2, 3]) behind.advance("a", step * stepBytes);
  held.resolve(undefined);
  await behind.finish();
  expect(syncing).toBe(1);
});

test("a failure is told, and takes the file along: nobody would be told again that its bytes are lost", async () => {
  await using cache = await testCache();
  const ingest = await arriving(cache, "a");
  await beforeEachCall(cache.cacheDir, async ({ name }) => {
    if (name === "datasync") throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
  });
  const behind = writeBehind(ingest.directory);
  behind.advance("a", stepBytes);
  await expect(behind.finish()).rejects.toMatchObject({ code: "FILE_IO" });
  expect((await ingest.target("a")).existingBytes).toBe(0);
});

test("whoever gives up waits for what is under way, and is not told of its failure", async () => {
  await using cache = await testCache();
  const ingest = await arriving(cache, "a");
  let hasFailed = false;
  await beforeEachCall(cache.cacheDir, async ({ name }) => {
    if (name !== "datasync") return;
    hasFailed = true;
    throw new Error("the disk is gone");
  });
  {
    await using behind = writeBehind(ingest.directory);
    behind.advance("a", stepBytes);
  }
  expect(hasFailed).toBe(true);
});

test.each(["absent", "../../outside", "", "sub"])("what cannot be synced is let be: %j", async (path) => {
  await using cache = await testCache();
  const ingest = await arriving(cache, "sub/a");
  await writeFile(cache.at("outside"), "");
  const calls = await recordCalls(cache.cacheDir);
  const behind = writeBehind(ingest.directory);
  behind.advance(path, stepBytes);
  await behind.finish();
  expect(syncs(calls)).toEqual([]);
});

test("what is announced when it is over is not synced: the file may be another arrival's by then", async () => {
  await using cache = await testCache();
  const ingest = await arriving(cache, "a");
  const calls = await recordCalls(cache.cacheDir);
  const behind = writeBehind(ingest.directory);
  await behind[Symbol.asyncDispose]();
  behind.advance("a", stepBytes);
  await behind.finish();
  expect(syncs(calls)).toEqual([]);
});

// Windows has no FIFOs among its files.
test.skipIf(process.platform === "win32")("a FIFO is not waited for", async () => {
  await using cache = await testCache();
  const ingest = await openIngest(cache.cacheDir, "mem:a", { holdsLock: true });
  execFileSync("mkfifo", [(await ingest.target("a")).path]);
  const behind = writeBehind(ingest.directory);
  behind.advance("a", stepBytes);
  await expect(behind.finish()).resolves.toBeUndefined();
});
