import { hash } from "node:crypto";
import { chmod, lstat, mkdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError, fileErrorFrom, type IngestTarget, systemCode } from "@llama-orch/catalog-core";
import { isSafeRelativePath } from "../artifact-files.ts";

/**
 * The place for one file in an ingest, below its `tree/`.
 * @param root absolute path of the ingest's own folder.
 * @throws ModelError `FILE_NOT_WRITABLE` for a path that leads elsewhere; those of the file system.
 */
export async function openTarget(root: string, path: string): Promise<IngestTarget> {
  if (!isSafeRelativePath(path)) {
    throw fileError("FILE_NOT_WRITABLE", {
      message: `${JSON.stringify(path)} is not a path that an artifact may hold.`,
      hint: "Paths are relative, with / between segments, without . or .. and at most 255 bytes a segment.",
      facts: { path },
    });
  }
  const target = join(root, "tree", ...path.split("/"));
  try {
    await mkdir(dirname(target), { recursive: true });
    return {
      path: target,
      existingBytes: await ownBytes(target),
      journalPath: join(root, "journal", hash("sha256", path).slice(0, 32)),
    };
  } catch (error) {
    throw fileErrorFrom(error, target, "write");
  }
}

const ownerMayWrite = 0o200;

/**
 * A file with a second name is somebody's content, and must never be written to: it gives way. One without may be read-only
 * all the same: its process was killed after it had finished the file, and before it could name it.
 */
async function ownBytes(path: string): Promise<number> {
  try {
    const stats = await lstat(path);
    if (stats.isFile() && stats.nlink === 1) {
      if ((stats.mode & ownerMayWrite) === 0) await chmod(path, 0o644);
      return stats.size;
    }
    if (!stats.isDirectory()) await unlink(path);
    return 0;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0;
    throw error;
  }
}
