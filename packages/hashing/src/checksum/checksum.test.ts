import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { crc32c, crc64nvme } from "../../../../tools/test-s3/src/index.ts";
import { hashGrowingFile } from "../hash-growing-file.ts";
import { type ChecksumAlgorithm, checksumOf } from "./checksum.ts";
import { crcProgramOf } from "./crc-module.ts";
import { crcPolynomials } from "./crc-polynomials.ts";
import type { WebAssemblyApi } from "./web-assembly.ts";

declare const WebAssembly: WebAssemblyApi;

/** By code that is not this package's. */
const independent: Readonly<Record<ChecksumAlgorithm, (content: Uint8Array) => string>> = {
  sha1: (content) => createHash("sha1").update(content).digest("hex"),
  crc32: (content) => zlibCrc32(content).toString(16).padStart(8, "0"),
  crc32c: (content) => ofKit(crc32c(), content),
  crc64nvme: (content) => ofKit(crc64nvme(), content),
};

function ofKit(running: { update(bytes: Uint8Array): unknown; digest(): Buffer }, content: Uint8Array): string {
  running.update(content);
  return running.digest().toString("hex");
}

const algorithms = Object.keys(independent) as ChecksumAlgorithm[];

test.each([
  ["crc32", "cbf43926"],
  ["crc32c", "e3069283"],
  ["crc64nvme", "ae8b14860a799888"],
  ["sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
] as const)("%s of 123456789 is the check value of its catalogue", (algorithm, hex) => {
  expect(checksumOf(Buffer.from("123456789"), algorithm)).toBe(`${algorithm}:${hex}`);
});

test("of any bytes it is what others compute", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (content) => {
      for (const algorithm of algorithms)
        expect(checksumOf(content, algorithm)).toBe(`${algorithm}:${independent[algorithm](content)}`);
    }),
  );
  // From twice the reach of a multiple on, all but the end is folded; more than a megabyte comes in pieces.
  const reaches = Object.values(crcPolynomials).map(({ sparseMultiple }) => 16 * (sparseMultiple.at(-1) ?? 0));
  const lengths = fc.oneof(
    fc.tuple(fc.constantFrom(...reaches), fc.integer({ min: -20, max: 20 })).map(([reach, more]) => 2 * reach + more),
    fc.integer({ min: 0, max: 2_200_000 }),
  );
  const noise = randomBytes(2_200_000);
  fc.assert(
    fc.property(lengths, fc.integer({ min: 0, max: 100 }), (length, from) => {
      const content = noise.subarray(from, from + length);
      for (const algorithm of algorithms)
        expect(checksumOf(content, algorithm)).toBe(`${algorithm}:${independent[algorithm](content)}`);
    }),
    { numRuns: 40 },
  );
});

test("where WebAssembly has no SIMD they are computed by tables alone", () => {
  const validate = vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
  try {
    const content = randomBytes(100_000);
    const program = crcProgramOf(crcPolynomials.crc64nvme);
    expect(validate).toHaveBeenCalledOnce();
    const { memory, update } = new WebAssembly.Instance(program.module).exports;
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(program.tables);
    bytes.set(content, program.begin);
    const ones = 2n ** 64n - 1n;
    const value = BigInt.asUintN(64, update(program.begin, program.begin + content.length, ones)) ^ ones;
    expect(value.toString(16).padStart(16, "0")).toBe(independent.crc64nvme(content));
    // What is not folded is left as it was.
    expect(Buffer.compare(bytes.subarray(program.begin, program.begin + content.length), content)).toBe(0);
  } finally {
    validate.mockRestore();
  }
});

test("of a file that grows it is there with the digests, however the writer cut it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "hashing-"));
  const path = join(folder, "growing");
  try {
    const sizes = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sizes, async (chunks) => {
        const content = Buffer.alloc(
          chunks.reduce((sum, size) => sum + size, 0),
          "content ",
        );
        await writeFile(path, "");
        await using writer = await open(path, "w");
        await using growing = await hashGrowingFile(path, { checksums: algorithms });
        let written = 0;
        for (const size of chunks) {
          await writer.write(content, written, size, written);
          written += size;
          growing.advance(written);
        }
        expect(growing.checksums).toEqual([]);
        expect(await growing.finish(written)).toEqual([`sha256:${createHash("sha256").update(content).digest("hex")}`]);
        expect(growing.checksums).toEqual(algorithms.map((name) => `${name}:${independent[name](content)}`));
      }),
      { numRuns: 15 },
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
