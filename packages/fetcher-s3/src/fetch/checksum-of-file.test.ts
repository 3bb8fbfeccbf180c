import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base } from "vitest";
import { crc32, crc32c, crc64nvme } from "../../../../tools/test-s3/src/index.ts";
import { checksumOfFile } from "./checksum-of-file.ts";

const test = base.extend<{ path: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads the names of wanted fixtures off this pattern.
  path: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "s3-checksum-"));
    await use(join(folder, "file"));
    await rm(folder, { recursive: true, force: true });
  },
});

const { signal } = new AbortController();

/** The check values of the catalogue of CRCs, and RFC 3174's way to write a SHA-1. */
const vectors = { crc32: "cbf43926", crc32c: "e3069283", crc64nvme: "ae8b14860a799888" } as const;

test.for(["crc32", "crc32c", "crc64nvme"] as const)("%s of 123456789", async (algorithm, { path }) => {
  await writeFile(path, "123456789");
  expect(Buffer.from(await checksumOfFile(path, { algorithm, sizeBytes: 9, signal }), "base64").toString("hex")).toBe(
    vectors[algorithm],
  );
});

test.for([0, 1, 1_048_575, 1_048_576, 1_048_577, 3_500_000])(
  "a file of %s bytes has the checksum that others compute",
  async (sizeBytes, { path }) => {
    const content = randomBytes(sizeBytes);
    await writeFile(path, content);
    expect(await checksumOfFile(path, { algorithm: "sha1", sizeBytes, signal })).toBe(
      createHash("sha1").update(content).digest("base64"),
    );
    for (const [algorithm, make] of Object.entries({ crc32, crc32c, crc64nvme })) {
      const running = make();
      running.update(content);
      expect(await checksumOfFile(path, { algorithm: algorithm as keyof typeof vectors, sizeBytes, signal })).toBe(
        running.digest().toString("base64"),
      );
    }
  },
);

test("it stops when it is aborted", async ({ path }) => {
  await writeFile(path, randomBytes(5_000_000));
  const reason = new Error("enough");
  await expect(
    checksumOfFile(path, { algorithm: "crc32", sizeBytes: 5_000_000, signal: AbortSignal.abort(reason) }),
  ).rejects.toBe(reason);
});
