import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty folder. Its real path: on macOS the temp folder is behind a symbolic link, and texts would differ. */
export async function tempDir(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), "contract-tests-"));
}

/** Runs `use` with a folder of its own, which is removed afterwards with whatever is in it. */
export async function withTempDir<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await tempDir();
  try {
    return await use(directory);
  } finally {
    await removeDir(directory);
  }
}

/** Windows refuses for a moment to remove what a scanner has open: hence the retries. */
export async function removeDir(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
