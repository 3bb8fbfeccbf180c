import { hash } from "node:crypto";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Ingest } from "@llama-orch/catalog-core";
import { isPortablePath } from "./path-text.ts";
import { removeDir, tempDir } from "./temp-dir.ts";

/** An {@link Ingest} for tests of a fetcher, in a temp folder. */
export interface TempIngest {
  readonly ingest: Ingest;
  /** Absolute. The ingest's folder and its journals lie below it; a fetcher may write to nothing else here. */
  readonly root: string;
  readonly dispose: () => Promise<void>;
}

/** What is left at a target is seen by the next `target` of the same path: fetch twice to play a second attempt. */
export async function tempIngest(): Promise<TempIngest> {
  const root = await tempDir();
  return { root, ingest: await ingestBelow(root), dispose: () => removeDir(root) };
}

/** An ingest at `<root>/ingest`, its journals at `<root>/journals`. */
export async function ingestBelow(root: string): Promise<Ingest> {
  const directory = join(root, "ingest");
  const journals = join(root, "journals");
  await mkdir(directory, { recursive: true });
  await mkdir(journals, { recursive: true });
  return {
    directory,
    present: new Set(),
    async target(path) {
      if (!isPortablePath(path)) {
        throw new TypeError(
          `${JSON.stringify(path)} is not a safe path: relative, "/" between segments, no "." or "..".`,
        );
      }
      const targetPath = join(directory, ...path.split("/"));
      await mkdir(dirname(targetPath), { recursive: true });
      return {
        path: targetPath,
        existingBytes: await sizeOf(targetPath),
        journalPath: join(journals, `${hash("sha256", path).slice(0, 32)}.journal`),
      };
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}
