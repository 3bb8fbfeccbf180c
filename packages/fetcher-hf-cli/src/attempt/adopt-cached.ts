import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readFile, realpath, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { HfRef } from "@llama-orch/catalog-core";
import { isCommit } from "../plan.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Takes a file over from the CLI's own cache where that needs no second copy: by a reflink, which shares the blocks until
 * either is written. The CLI then compares it with what the Hub has now, as it does with all that it finds. Where there are
 * no reflinks, the CLI itself copies from its cache what it has there. That cache is read, and nothing else.
 * @returns how many bytes.
 */
export async function adoptCached(ref: HfRef, folder: string, env: Environment): Promise<number> {
  const { selection } = ref;
  // Of a repository: what the Hub no longer has would look as if it had just been fetched.
  if (selection.type !== "path" || isOffline(env)) return 0;
  const blob = await cachedBlob(ref, selection.path, env);
  if (blob === undefined) return 0;
  const target = join(folder, ...selection.path.split("/"));
  try {
    await mkdir(dirname(target), { recursive: true });
    if (await exists(target)) return 0;
    await copyFile(blob, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return (await lstat(target)).size;
  } catch {
    // No reflinks here, or the cache lies on another disk.
    await rm(target, { force: true });
    return 0;
  }
}

/** Then nothing can be compared with what the Hub has. */
function isOffline(env: Environment): boolean {
  return isSet(env["HF_HUB_OFFLINE"]) || isSet(env["TRANSFORMERS_OFFLINE"]);
}

/** As the CLI reads its switches. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && ["1", "ON", "YES", "TRUE"].includes(value.toUpperCase());
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

/** Where the CLI keeps its cache. */
export function cacheFolder(env: Environment): string {
  return env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join(homeFolder(env), "hub");
}

/** Where the CLI keeps all that is its own: the token, too. */
export function homeFolder(env: Environment): string {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  return env["HF_HOME"] || join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "huggingface");
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
