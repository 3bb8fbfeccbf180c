import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openModelLock } from "./model-lock.ts";

let cacheDir: string;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "model-lock-"));
});
afterEach(() => rm(cacheDir, { recursive: true, force: true }));

test("one holds it; another, of the same process too, finds it busy until it is released", async () => {
  const [one, two, other] = await Promise.all(["mem:a", "mem:a", "mem:b"].map((id) => openModelLock(cacheDir, id)));
  expect([one?.tryHold(), one?.tryHold(), two?.tryHold(), other?.tryHold()]).toEqual(["held", "held", "busy", "held"]);
  await two?.release();
  expect(two?.tryHold()).toBe("busy");
  await one?.release();
  expect(two?.tryHold()).toBe("held");
});

test("the holder's note is seen by those who wait, and is gone with it; the lock file stays, empty", async () => {
  const [holder, waiter] = await Promise.all([openModelLock(cacheDir, "mem:a"), openModelLock(cacheDir, "mem:a")]);
  holder.tryHold();
  await holder.note({ doneBytes: 3, totalBytes: 10 });
  expect(await waiter.holder()).toMatchObject({ pid: process.pid, doneBytes: 3, totalBytes: 10 });
  await holder.release();
  expect(await waiter.holder()).toBeUndefined();
  const [name] = await readdir(join(cacheDir, "locks"));
  expect(name).toMatch(/^[0-9a-f]{16}\.lock$/);
  expect((await stat(join(cacheDir, "locks", String(name)))).size).toBe(0);
});

test("half a note, or somebody else's file, is none", async () => {
  const lock = await openModelLock(cacheDir, "mem:a");
  lock.tryHold();
  await lock.note({ doneBytes: 0, totalBytes: null });
  const [path] = (await readdir(join(cacheDir, "locks"))).filter((name) => name.endsWith(".json"));
  await writeFile(join(cacheDir, "locks", String(path)), '{"pid":1,"atM');
  expect(await lock.holder()).toBeUndefined();
  await writeFile(join(cacheDir, "locks", String(path)), '{"pid":"1"}');
  expect(await lock.holder()).toBeUndefined();
});

test("a holder that is killed holds it no more", async () => {
  const holder = fork(join(import.meta.dirname, "testing", "hold-lock.ts"), [cacheDir, "mem:a"]);
  expect(await once(holder, "message")).toEqual(["held", undefined]);
  const lock = await openModelLock(cacheDir, "mem:a");
  expect(lock.tryHold()).toBe("busy");
  holder.kill("SIGKILL");
  await once(holder, "exit");
  await expect.poll(() => lock.tryHold()).toBe("held");
});

test("where nothing can be locked, that is said, and nothing is thrown", async () => {
  await writeFile(join(cacheDir, "locks"), "");
  const lock = await openModelLock(cacheDir, "mem:a");
  expect(lock.tryHold()).toBe("unavailable");
  await lock.note({ doneBytes: 0, totalBytes: null });
  await lock.release();
});
