import { hash } from "node:crypto";
import { chmod, lstat, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, type DigestText, type FileRecord } from "@llama-orch/catalog-core";
import { blobPath, type CacheLayout, cacheLayout, modelFolderName, unsyncedBlobPath } from "../cache-layout.ts";
import { type ArtifactDescription, describeArtifact } from "../describe-artifact.ts";
import type { Durability } from "../durability.ts";
import { type OpenIngest, openIngest } from "../ingest/open-ingest.ts";
import { type PublishedArtifact, publishArtifact } from "../publish/publish.ts";

/** Text by path. */
export type Files = Readonly<Record<string, string>>;

/** A cache folder of one test. */
export interface TestCache extends AsyncDisposable {
  readonly cacheDir: string;
  readonly layout: CacheLayout;
  /** Absolute path of something below the cache. */
  at(...parts: readonly string[]): string;
  /** An ingest in which some files have arrived, described. */
  arrive(id: string, files: Files): Promise<Arrived>;
  /** Files that have arrived and were published, by way of a private ingest, which is gone. */
  publish(id: string, files: Files, durability?: Durability): Promise<PublishedArtifact>;
  /** Lets everyone write to its folders, but not to those of the blobs. */
  openToAll(): Promise<void>;
  /** Names of the versions of a model that are visible. */
  shown(id: string): Promise<readonly string[]>;
  /** Where content is named that is on the disk, and that was not waited for in this boot. */
  blob(content: string): string;
  unsyncedBlob(content: string): string;
}

export interface Arrived {
  readonly ingest: OpenIngest;
  readonly description: ArtifactDescription;
}

export async function testCache(): Promise<TestCache> {
  const cacheDir = await mkdtemp(join(await realpath(tmpdir()), "artifact-store-"));
  await chmod(cacheDir, 0o755); // for tests that play another user
  const layout = cacheLayout(cacheDir);
  const arrive = async (id: string, files: Files): Promise<Arrived> => {
    const ingest = await openIngest(cacheDir, id, { holdsLock: false });
    return { ingest, description: await fill(ingest, files) };
  };
  return {
    cacheDir,
    layout,
    at: (...parts) => join(cacheDir, ...parts),
    arrive,
    async publish(id, files, durability) {
      const { ingest, description } = await arrive(id, files);
      const how = durability === undefined ? {} : { durability };
      const published = await publishArtifact({ cacheDir, id, kind: "directory", ingest, description, ...how });
      await ingest.discard();
      return published;
    },
    async openToAll() {
      const others = [layout.models, layout.ingest, layout.locks];
      await chmod(cacheDir, 0o777);
      for (const folder of others) await setFolderModes(folder, 0o777);
    },
    shown: async (id) => (await names(join(layout.models, modelFolderName(id)))).filter((name) => name !== ".id"),
    blob: (content) => blobPath(layout, sha256(content)),
    unsyncedBlob: (content) => unsyncedBlobPath(layout, bootId(), sha256(content)),
    async [Symbol.asyncDispose]() {
      await setFolderModes(cacheDir, 0o755);
      await rm(cacheDir, { recursive: true, force: true });
    },
  };
}

async function setFolderModes(folder: string, mode: number): Promise<void> {
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) return;
  await chmod(folder, mode);
  for (const name of await readdir(folder)) await setFolderModes(join(folder, name), mode);
}

/** Writes files into an ingest as a fetcher does, and describes them. */
export async function fill(ingest: OpenIngest, files: Files): Promise<ArtifactDescription> {
  const fetched = [];
  for (const [path, content] of Object.entries(files)) {
    await writeFile((await ingest.target(path)).path, content);
    fetched.push({ path, sizeBytes: Buffer.byteLength(content) });
  }
  return describeArtifact({ kind: "directory", root: ingest.directory }, fetched);
}

export function sha256(content: string): DigestText {
  return `sha256:${hash("sha256", content)}`;
}

/** The record of a file that nobody has looked at yet. */
export function record(path: string, content: string): FileRecord {
  return { path, sizeBytes: Buffer.byteLength(content), digest: sha256(content) };
}

export interface Look {
  readonly inode: bigint;
  readonly links: number;
  /** Permissions. */
  readonly mode: number;
  /** ISO text. */
  readonly modified: string;
}

export async function look(path: string): Promise<Look> {
  const { ino, nlink, mode, mtimeMs } = await lstat(path, { bigint: true });
  return {
    inode: ino,
    links: Number(nlink),
    mode: Number(mode) & 0o777,
    modified: new Date(Number(mtimeMs)).toISOString(),
  };
}

/** Names in a folder, sorted; none where there is no folder. */
export async function names(folder: string): Promise<readonly string[]> {
  const found: string[] = await readdir(folder).catch(() => []);
  return found.toSorted();
}
