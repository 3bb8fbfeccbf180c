import { hash, randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DigestText, fileErrorFrom, type FileRecord, type Ingest, makeFolder } from "@llama-orch/catalog-core";
import { claimBlob, type ClaimOptions, type WantedContent } from "../blobs/claim-blob.ts";
import { releaseBlobs } from "../blobs/release.ts";
import { type CacheLayout, cacheLayout, idHash } from "../cache-layout.ts";
import { filesBelow } from "../files-below.ts";
import { openTarget } from "./open-target.ts";
import { writeFailure } from "./write-failure.ts";

/** An ingest, as its owner sees it. */
export interface OpenIngest extends Ingest {
  /** Below the folder of this ingest, for what is made of the arrivals. */
  readonly root: string;
  /** Bytes that an earlier attempt left, at the time of opening. */
  readonly leftBytes: number;
  /** Content that was named by what is in here, and is of no use without it: its names go when the rest is discarded. */
  readonly named: Set<DigestText>;
  /**
   * Takes content that is on this machine already, under any model, so that it need not be fetched.
   * @returns the files that were found; their paths are `present` from now on.
   */
  takePresent(files: readonly WantedFile[], options?: ClaimOptions): Promise<readonly PresentFile[]>;
  /**
   * Puts what was taken at its targets, but for what was fetched all the same.
   * @returns the files that were put there.
   */
  placePresent(fetched: ReadonlySet<string>): Promise<readonly PresentFile[]>;
  /**
   * Leaves what has arrived for the next attempt, where that can be continued: only whoever holds the model's lock may,
   * since a writer that is stopped, and not dead, still has the file open.
   */
  keep(): Promise<void>;
  /** Removes all that arrived and was not published. Safe to call twice. */
  discard(): Promise<void>;
}

/** A planned file whose content is known by its digest. */
export interface WantedFile extends WantedContent {
  readonly path: string;
}

export type PresentFile = Pick<FileRecord, "path" | "digest" | "sizeBytes">;

export interface IngestOptions {
  /** Whether this process holds the model's lock, so that nobody else can be writing to what an earlier attempt left. */
  readonly holdsLock: boolean;
  /** The immutable version that arrives: what was left of another one is of no use. */
  readonly revision?: string | undefined;
}

/**
 * The folder for one arrival of one model: nobody else writes to it, and nothing in it is ever visible.
 *
 *     ingest/<hash of id>-<hash of revision>/     with the lock; continued by the next one who holds it
 *     ingest/<hash of id>-private-<random>/       without; never continued
 *         tree/       what arrives
 *         journal/    what fetchers note down to resume; never part of the artifact
 *         present/    links to content that was here already
 *         sorted/     what is about to be published
 *
 * @throws ModelError `FILE_NOT_WRITABLE`, `FILE_NO_SPACE`, `FILE_IO`
 */
export async function openIngest(cacheDir: string, id: string, options: IngestOptions): Promise<OpenIngest> {
  const layout = cacheLayout(cacheDir);
  const root = join(layout.ingest, ingestName(id, options));
  try {
    if (options.holdsLock) await removeOtherRevisions(layout, id, root);
    await makeFolder(layout.ingest);
    await clearLeftovers(root);
    for (const folder of ["tree", "journal", "present"]) await mkdir(join(root, folder), { recursive: true });
    return await openFolder(layout, root, options.holdsLock);
  } catch (error) {
    throw fileErrorFrom(error, root, "write");
  }
}

function ingestName(id: string, { holdsLock, revision = "" }: IngestOptions): string {
  const suffix = holdsLock ? hash("sha256", revision).slice(0, 8) : `private-${randomBytes(8).toString("hex")}`;
  return `${idHash(id)}-${suffix}`;
}

async function removeOtherRevisions({ ingest }: CacheLayout, id: string, root: string): Promise<void> {
  const names = await readdir(ingest).catch(() => []);
  const others = names.filter((name) => /^[0-9a-f]{16}-[0-9a-f]{8}$/.test(name) && name.startsWith(`${idHash(id)}-`));
  for (const path of others.map((name) => join(ingest, name))) if (path !== root) await removeTree(path);
}

/** What the dead one had linked to or was about to publish may be shared by now; only what it was writing is its own. */
async function clearLeftovers(root: string): Promise<void> {
  await removeTree(join(root, "present"));
  await removeTree(join(root, "sorted"));
}

async function openFolder(layout: CacheLayout, root: string, isContinued: boolean): Promise<OpenIngest> {
  const tree = join(root, "tree");
  const present = new Set<string>();
  const taken: PresentFile[] = [];
  const named = new Set<DigestText>();
  const placeOf = (path: string): string => join(root, "present", hash("sha256", path).slice(0, 32));
  return {
    root,
    directory: tree,
    present,
    leftBytes: await leftIn(tree),
    named,
    target: (path) => openTarget(root, path),
    async takePresent(files, claimOptions) {
      for (const file of files) {
        if (present.has(file.path)) continue;
        const place = placeOf(file.path);
        const claimed = await claimBlob(layout, file, place, claimOptions).catch(writeFailure(place));
        if (claimed === undefined) continue;
        present.add(file.path);
        taken.push({ ...file, sizeBytes: claimed.sizeBytes });
      }
      return taken;
    },
    async placePresent(fetched) {
      const files = taken.filter(({ path }) => !fetched.has(path));
      for (const { path } of files) {
        const target = await openTarget(root, path);
        await rename(placeOf(path), target.path).catch(writeFailure(target.path));
      }
      return files;
    },
    async keep() {
      if (!isContinued || (await leftIn(tree)) === 0) return removeTree(root);
      await clearLeftovers(root);
    },
    async discard() {
      await removeTree(root);
      await releaseBlobs(layout, named).catch(writeFailure(root));
    },
  };
}

/** Bytes that the next attempt at this version of a model would find. Writes nothing. */
export async function leftBytes(cacheDir: string, id: string, revision: string | undefined): Promise<number> {
  const name = ingestName(id, { holdsLock: true, revision });
  return leftIn(join(cacheLayout(cacheDir).ingest, name, "tree"));
}

/**
 * Bytes that the next attempt can go on with: not those of what was put there from among the blobs, nor the holes of what
 * several connections were bringing.
 */
async function leftIn(tree: string): Promise<number> {
  const own = (await filesBelow(tree)).filter(({ links }) => links === 1);
  return own.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
}

async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(writeFailure(path));
}
