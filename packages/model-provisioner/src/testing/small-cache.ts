import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { entriesOf } from "./setting.ts";
import { mountSmallDisk, type SmallDisk } from "../../../../tools/small-disk/small-disk.ts";
import type { Content } from "./sound-cache.ts";
import { cacheOf } from "./steps.ts";
import { placeSources } from "./survives-kills.ts";
import { filesUnder } from "./tree.ts";

/** A cache on a small disk of its own, and beside it, on another one, the files of models. */
export interface SmallCache extends AsyncDisposable {
  readonly root: string;
  readonly disk: SmallDisk;
}

export async function openSmallCache(sources: Content, size?: string): Promise<SmallCache> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "model-provisioner-"));
  await placeSources(root, sources);
  const disk = await mountSmallDisk(join(root, "cache"), size);
  return {
    root,
    disk,
    async [Symbol.asyncDispose]() {
      await disk[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}

/** What was there before something failed. */
export interface Before {
  readonly freeBytes: number;
  /** How many models were on record. */
  readonly entries: number;
  /** For the message of a failed assertion. */
  readonly doing?: string | undefined;
}

/** That there are as many entries and as much room as before, but for empty folders, what says whose they are, and lock files. */
export async function assertGivenBack({ root, disk }: SmallCache, before: Before): Promise<void> {
  const { freeBytes, entries, doing } = before;
  const nameTags = (await filesUnder(join(disk.folder, "models"))).filter((path) => /^[^/]+\/\.id$/.test(path));
  const tagBytes = disk.blockBytes * Math.max(0, nameTags.length - entries);
  const lostBytes = freeBytes - disk.freeBytes() - tagBytes;
  expect({ doing, lostBytes }).toEqual({ doing, lostBytes: 0 });
  expect(await entriesOf(cacheOf(root))).toHaveLength(entries);
}
