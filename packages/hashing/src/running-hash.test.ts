import { expect, test, vi } from "vitest";
import type { PoolPlace } from "./hash-pool.ts";
import type { HashReply } from "./hash-worker.ts";
import { RunningHash } from "./running-hash.ts";

const pool = vi.hoisted(() => ({ replies: [] as unknown[], asked: 0 }));
vi.mock("./hash-pool.ts", () => ({
  takePlace: (): PoolPlace => ({
    job: 1,
    async ask() {
      pool.asked += 1;
      return pool.replies.shift() as HashReply;
    },
    withdraw() {},
    isShared: () => false,
    [Symbol.dispose]() {},
  }),
}));

test("after a failure there is no going on: a part of what was asked for may have been hashed", async () => {
  pool.replies = [
    { job: 1, failed: { message: "read failed", code: "EIO" } },
    { job: 1, hashedTo: 5 },
    { job: 1, digests: ["00"] },
  ];
  const hash = new RunningHash({ path: "/models/a", fd: 0 }, ["sha256"]);
  const failure = { code: "FILE_IO", message: expect.stringContaining("/models/a") };
  await expect(hash.update(5, () => true)).rejects.toMatchObject(failure);
  await expect(hash.update(5, () => true)).rejects.toMatchObject(failure);
  await expect(hash.updateWith(new Uint8Array(5))).rejects.toMatchObject(failure);
  await expect(hash.digest()).rejects.toMatchObject(failure);
  expect(pool.asked).toBe(1);
  expect(hash.hashedBytes).toBe(0);
});

test("of several failures the first one counts: the others follow from it", async () => {
  pool.replies = [
    { job: 1, failed: { message: "out of memory" } },
    { job: 1, failed: { message: "an algorithm is not known" } },
  ];
  const hash = new RunningHash({ path: "/models/a", fd: 0 }, ["sha256"]);
  await Promise.allSettled([hash.updateWith(new Uint8Array(5)), hash.updateWith(new Uint8Array(5))]);
  await expect(hash.digest()).rejects.toMatchObject({ message: expect.stringContaining("out of memory") });
});

test("what was withdrawn, and what follows it, is not hashed: the file counts as ended there", async () => {
  pool.asked = 0;
  pool.replies = [
    { job: 1, hashedTo: 5 },
    { job: 1, hashedTo: 5 },
    { job: 1, hashedTo: 15 },
  ];
  const hash = new RunningHash({ path: "/models/a", fd: 0 }, ["sha256"]);
  await hash.updateWith(new Uint8Array(5));
  await Promise.all([hash.updateWith(new Uint8Array(5)), hash.updateWith(new Uint8Array(5))]);
  expect([hash.hashedBytes, hash.askedBytes]).toEqual([5, 15]);
  expect(await hash.update(20, () => true)).toBe(false);
  expect(pool.asked).toBe(3);
});
