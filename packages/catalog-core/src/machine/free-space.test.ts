import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { assertSpace, freeSpace } from "./free-space.ts";

test("what fits is let through; what does not is refused with both figures", async () => {
  const free = await freeSpace(tmpdir());
  expect(free).toBeGreaterThan(0);
  await expect(assertSpace(tmpdir(), { neededBytes: 1 })).resolves.toBeUndefined();
  await expect(assertSpace(tmpdir(), { neededBytes: 2 ** 60 })).rejects.toMatchObject({
    code: "FILE_NO_SPACE",
    category: "no-space",
    facts: { neededBytes: 2 ** 60, freeBytes: expect.any(Number) },
  });
});

test("what is promised to others counts", async () => {
  await expect(assertSpace(tmpdir(), { neededBytes: 1, promisedBytes: 2 ** 60 })).rejects.toMatchObject({
    code: "FILE_NO_SPACE",
    facts: { promisedBytes: 2 ** 60 },
  });
});

test("where nobody tells how much is free, nothing is refused", async () => {
  const nowhere = join(tmpdir(), "there", "is", "no", "such", "folder");
  expect(await freeSpace(nowhere)).toBeUndefined();
  await expect(assertSpace(nowhere, { neededBytes: 2 ** 60 })).resolves.toBeUndefined();
});
