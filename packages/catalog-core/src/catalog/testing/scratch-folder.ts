import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder of this test alone, removed when the test has finished. */
export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "catalog-"));
  onTestFinished(async () => rm(folder, { recursive: true, force: true }));
  return folder;
}
