import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { idHash } from "../cache-layout.ts";
import { treeSnapshot } from "../survey/testing/model-cache.ts";
import { openModelLock } from "./model-lock.ts";
import { probeLock } from "./probe-lock.ts";

const name = idHash("mem:a");
let cacheDir: string;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "probe-lock-"));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

test("a lock that was never taken is free, and is not made by the look", async () => {
  expect(await probeLock(cacheDir, name)).toBe("free");
  expect(await readdir(cacheDir)).toEqual([]);
});

test("one that is held is busy, also for its own process, and free when it is released", async () => {
  const lock = await openModelLock(cacheDir, "mem:a");
  lock.tryHold();
  await lock.note({ doneBytes: 1, totalBytes: null });
  expect(await probeLock(cacheDir, name)).toBe("busy");
  expect(await lock.holder()).toMatchObject({ doneBytes: 1 });
  expect(await openModelLock(cacheDir, "mem:a").then((other) => other.tryHold())).toBe("busy");
  await lock.release();
  expect(await probeLock(cacheDir, name)).toBe("free");
});

test("one whose holder was killed is free, and what that left is not touched", async () => {
  const holder = fork(join(import.meta.dirname, "testing", "hold-lock.ts"), [cacheDir, "mem:a"]);
  expect(await once(holder, "message")).toEqual(["held", undefined]);
  expect(await probeLock(cacheDir, name)).toBe("busy");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  const before = await treeSnapshot(cacheDir);
  await expect.poll(() => probeLock(cacheDir, name)).toBe("free");
  expect(await treeSnapshot(cacheDir)).toEqual(before);
});

test("what cannot be locked is no lock", async () => {
  await mkdir(join(cacheDir, "locks", `${name}.lock`), { recursive: true });
  expect(await probeLock(cacheDir, name)).toBe("unavailable");
  expect(await probeLock(join(cacheDir, "nowhere"), name)).toBe("unavailable");
});
