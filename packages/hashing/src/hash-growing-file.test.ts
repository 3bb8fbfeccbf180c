import { hash } from "node:crypto";
import { mkdtemp, open, rm, truncate, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checksumOf } from "./checksum/checksum.ts";
import { hashFile } from "./hash-file.ts";
import { hashGrowingFile } from "./hash-growing-file.ts";

function inSharedMemory(content: Buffer): Buffer {
  const shared = Buffer.from(new SharedArrayBuffer(content.length));
  content.copy(shared);
  return shared;
}

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hashing-"));
  path = join(folder, "growing");
  await writeFile(path, "");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("hashGrowingFile", () => {
  test("gives the digest of what was written, however the writer cut and announced it", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 255 }), async (chunks, seed) => {
        await using writer = await open(path, "w");
        await using growing = await hashGrowingFile(path, { algorithms: ["sha256", "sha512"] });
        const content = Buffer.alloc(
          chunks.reduce((sum, size) => sum + size, 0),
          `content ${seed}`,
        );
        let written = 0;
        for (const size of chunks) {
          await writer.write(content, written, size, written);
          written += size;
          growing.advance(written);
        }
        expect(await growing.finish(written)).toEqual([
          `sha256:${hash("sha256", content)}`,
          `sha512:${hash("sha512", content)}`,
        ]);
      }),
      { numRuns: 25 },
    );
  });

  test("takes from memory what is offered where it has come to, and reads the rest from the file", async () => {
    const pieces = fc.array(
      fc.record({ bytes: fc.integer({ min: 1, max: 400_000 }), how: fc.constantFrom("offered", "announced", "both") }),
      { minLength: 1, maxLength: 12 },
    );
    let takenPieces = 0;
    await fc.assert(
      fc.asyncProperty(pieces, async (parts) => {
        await using writer = await open(path, "w");
        await using growing = await hashGrowingFile(path, { checksums: ["crc32", "crc64nvme"] });
        const content = Buffer.alloc(
          parts.reduce((sum, { bytes }) => sum + bytes, 0),
          "content ",
        );
        const free: Promise<void>[] = [];
        let written = 0;
        for (const { bytes, how } of parts) {
          const piece = inSharedMemory(content.subarray(written, written + bytes));
          const taken = how === "announced" ? undefined : growing.offer(piece, written);
          await writer.write(piece, 0, bytes, written);
          written += bytes;
          if (how !== "offered" || taken === undefined) growing.advance(written);
          // It may be changed from then on.
          if (taken !== undefined) free.push(taken.then(() => void piece.fill(0)));
        }
        takenPieces += free.length;
        expect(await growing.finish(written)).toEqual([`sha256:${hash("sha256", content)}`]);
        expect(growing.checksums).toEqual([checksumOf(content, "crc32"), checksumOf(content, "crc64nvme")]);
        await Promise.all(free);
      }),
      { numRuns: 40 },
    );
    expect(takenPieces).toBeGreaterThan(0);
  });

  test("takes nothing from elsewhere, of its own thread alone, or too little to be worth it", async () => {
    const content = Buffer.alloc(300_000, "x");
    await writeFile(path, content);
    await using growing = await hashGrowingFile(path);
    expect(growing.offer(inSharedMemory(content), 1)).toBeUndefined();
    expect(growing.offer(content, 0)).toBeUndefined();
    expect(growing.offer(inSharedMemory(content.subarray(0, 1_000)), 0)).toBeUndefined();
    expect(await growing.finish(content.length)).toEqual([`sha256:${hash("sha256", content)}`]);
  });

  test("takes nothing while other files wait for the same thread, and reads it from the file", async () => {
    const content = inSharedMemory(Buffer.alloc(200_000, "x"));
    await writeFile(path, content);
    const hashes = await Promise.all(Array.from({ length: 2 * availableParallelism() }, () => hashGrowingFile(path)));
    const taken = hashes.map((growing) => growing.offer(content, 0));
    // At least one a thread is the first there.
    expect(taken.filter((each) => each === undefined).length).toBeGreaterThanOrEqual(availableParallelism());
    const digests = await Promise.all(hashes.map((growing) => growing.finish(content.length)));
    expect(new Set(digests.flat())).toEqual(new Set([`sha256:${hash("sha256", content)}`]));
    for (const growing of hashes) await growing[Symbol.asyncDispose]();
  });

  test("leaves memory alone once it is disposed of, also what waited for its turn", async () => {
    const content = inSharedMemory(Buffer.alloc(40_000_000));
    const growing = await hashGrowingFile(path);
    const left: number[] = [];
    for (let from = 0; from < content.length; from += 8_000_000) {
      void growing.offer(content.subarray(from, from + 8_000_000), from)?.then(() => left.push(from));
    }
    await growing[Symbol.asyncDispose]();
    expect(left.toSorted((one, other) => one - other)).toEqual([0, 8_000_000, 16_000_000, 24_000_000, 32_000_000]);
    expect(growing.offer(content, content.length)).toBeUndefined();
  });

  test("that is disposed of while it finishes gives no digest, though all was hashed", async () => {
    const growing = await hashGrowingFile(path);
    await growing.offer(inSharedMemory(Buffer.alloc(100_000)), 0);
    const finishing = growing.finish(100_000).catch((error: unknown) => error);
    await growing[Symbol.asyncDispose]();
    expect(await finishing).toBeInstanceOf(TypeError);
  });

  test("never reads beyond what was announced", async () => {
    // A hole, as a ranged writer leaves it: zeros now, bytes later.
    const content = Buffer.alloc(2_000_000, "x");
    await truncate(path, content.length);
    await using writer = await open(path, "r+");
    await using growing = await hashGrowingFile(path);
    await writer.write(content, 0, 500_000, 0);
    growing.advance(500_000);
    await writer.write(content, 500_000, 1_500_000, 500_000);
    expect(await growing.finish(content.length)).toEqual([`sha256:${hash("sha256", content)}`]);
  });

  test("says so when the file is shorter than was announced", async () => {
    await writeFile(path, "abc");
    await using growing = await hashGrowingFile(path);
    await expect(growing.finish(10)).rejects.toMatchObject({
      code: "FILE_CHANGED",
      facts: { sizeBefore: 10, sizeAfter: 3 },
    });
  });

  test("of a folder is refused when it begins", async () => {
    await expect(hashGrowingFile(folder)).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
    await expect(hashGrowingFile(join(folder, "absent"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test("ends when it is disposed of in the middle", async () => {
    const growing = await hashGrowingFile(path);
    await writeFile(path, Buffer.alloc(50_000_000));
    growing.advance(50_000_000);
    await growing[Symbol.asyncDispose]();
    // Twice is once.
    await expect(growing[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  test("of files whose writers are slow does not hold up the hash of another", async () => {
    await writeFile(path, Buffer.alloc(1_000_000));
    const slow = await Promise.all(Array.from({ length: 12 }, () => hashGrowingFile(path)));
    for (const one of slow) one.advance(500_000);
    expect((await hashFile(path)).digests).toEqual([`sha256:${hash("sha256", Buffer.alloc(1_000_000))}`]);
    const digests = await Promise.all(slow.map((one) => one.finish(1_000_000)));
    expect(new Set(digests.flat())).toEqual(new Set([`sha256:${hash("sha256", Buffer.alloc(1_000_000))}`]));
    for (const one of slow) await one[Symbol.asyncDispose]();
  });
});
