import { lstat, rename, rm } from "node:fs/promises";
import { type FileRecord, isModelError, systemCode } from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";
import { artifactFile } from "../artifact-files.ts";
import { setAside } from "../blobs/set-aside.ts";
import type { CacheLayout } from "../cache-layout.ts";

export interface Showing {
  /** Absolute path of the private tree, whole. */
  readonly tree: string;
  /** Absolute path of its name from now on. */
  readonly version: string;
  readonly files: readonly FileRecord[];
}

/**
 * What is there under the final name. `ours`: the tree. Else what was there before, and maybe not waited for: `same`, of the
 * very files that the tree had; `equal`, of others with the same content.
 */
export type Shown = "ours" | "same" | "equal";

/**
 * Gives a tree its final name. When the name is taken, what is there is named by its content and was renamed into place
 * whole: it is used if it is right (the same files as ours, or hashed once more), else it is moved aside, and ours takes its
 * place. Two who do so at once both move something aside, and both end with a whole tree there.
 */
export async function showTree(layout: CacheLayout, { tree, version, files }: Showing): Promise<Shown> {
  for (;;) {
    try {
      await rename(tree, version);
      return "ours";
    } catch (error) {
      if (!nameTaken.has(systemCode(error) ?? "")) throw error;
    }
    const found = await compare(version, { tree, files });
    if (found !== "wrong") {
      await rm(tree, { recursive: true, force: true });
      return found;
    }
    await setAside(layout, version);
  }
}

/** What a rename onto a folder that holds something says; on Windows, onto any folder. A file there is in the way too. */
const nameTaken: ReadonlySet<string> = new Set(
  process.platform === "win32" ? ["EPERM", "EEXIST", "EACCES"] : ["ENOTEMPTY", "EEXIST", "ENOTDIR"],
);

async function compare(
  version: string,
  { tree, files }: Pick<Showing, "tree" | "files">,
): Promise<"same" | "equal" | "wrong"> {
  let areSame = true;
  for (const file of files) {
    const [there, ours] = [version, tree].map((root) => artifactFile({ kind: "directory", root }, file.path));
    const found = await compareFile(String(there), String(ours), file);
    if (found === "wrong") return "wrong";
    areSame &&= found === "same";
  }
  return areSame ? "same" : "equal";
}

/**
 * What is missing, no file (a symbolic link, whatever it leads to) or cannot be read is not right. That ours is gone says
 * nothing of what is there.
 */
async function compareFile(there: string, ours: string, file: FileRecord): Promise<"same" | "equal" | "wrong"> {
  const own = await lstat(ours, { bigint: true });
  try {
    const theirs = await lstat(there, { bigint: true });
    if (theirs.ino === own.ino && theirs.dev === own.dev) return "same";
    if (!theirs.isFile() || theirs.size !== own.size) return "wrong";
    return (await hashFile(there)).digests.includes(file.digest) ? "equal" : "wrong";
  } catch (error) {
    if (isModelError(error) || systemCode(error) !== undefined) return "wrong";
    throw error;
  }
}
