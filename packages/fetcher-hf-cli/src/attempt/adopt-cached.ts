import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readFile, realpath, rm } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { HfRef } from "@llama-orch/catalog-core";
import { cacheFolder, type Environment, isOffline } from "../environment.ts";
import { isCommit } from "../plan.ts";
import type { HeldFile } from "./attempt-folder.ts";

/**
 * Takes a file over from the CLI's own cache where that needs no second copy: by a reflink, which shares the blocks until
 * either is written. The CLI then compares it with what the Hub has now, as it does with all that it finds. Where there are
 * no reflinks, the CLI itself copies from its cache what it has there. That cache is read, and nothing else.
 * @returns what was taken over.
 */
export async function adoptCached(ref: HfRef, folder: string, env: Environment): Promise<HeldFile | undefined> {
  const { selection } = ref;
  // Of a repository: what the Hub no longer has would look as if it had just been fetched.
  if (selection.type !== "path" || isOffline(env)) return undefined;
  const blob = await cachedBlob(ref, selection.path, env);
  if (blob === undefined) return undefined;
  const target = join(folder, ...selection.path.split("/"));
  try {
    await mkdir(dirname(target), { recursive: true });
    if (await exists(target)) return undefined;
    await copyFile(blob, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return { sizeBytes: (await lstat(target)).size, etag: basename(blob) };
  } catch {
    // No reflinks here, or the cache lies on another disk.
    await rm(target, { force: true });
    return undefined;
  }
}

/** The file of large storage that the cache has for this path, if it has one: what the link in its snapshot leads to. */
async function cachedBlob(
  { org, repo, revision = "main" }: HfRef,
  path: string,
  env: Environment,
): Promise<string | undefined> {
  const repository = join(cacheFolder(env), `models--${org}--${repo}`);
  try {
    const commit = isCommit(revision) ? revision : (await readFile(join(repository, "refs", revision), "utf8")).trim();
    if (!isCommit(commit)) return undefined;
    const blob = await realpath(join(repository, "snapshots", commit, ...path.split("/")));
    // The name of a blob of large storage is its sha256; the others are small, or links to somewhere else.
    return /^[0-9a-f]{64}$/.test(relative(join(await realpath(repository), "blobs"), blob)) ? blob : undefined;
  } catch {
    return undefined;
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
