import { lstat } from "node:fs/promises";
import { dirname } from "node:path";
import { artifactLocation, checkPresence, leftBytes, promisedBytes } from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  type CatalogStore,
  type FetchPlan,
  freeSpace,
  isModelError,
  systemCode,
} from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { knownContent } from "./known-content.ts";
import { knownBytes, plannedBytes } from "./progress.ts";

/** What carrying out a plan would take of this machine, as far as it can be told beforehand. Sizes in bytes. */
export interface PlanDemand {
  /** Planned files whose content is here, by the records, in the cache under a model: they would not be fetched. */
  readonly presentFiles: number;
  readonly presentBytes: number;
  /** That an earlier attempt has left of this version, and that would be gone on with if they are of use. */
  readonly leftBytes: number;
  /** That would be written, without those that are left; `null` where the source does not tell all sizes. */
  readonly neededBytes: number | null;
  /** On the file system of the cache; `null` where nobody tells. */
  readonly freeBytes: number | null;
  /** Of those, what is promised to arrivals of other models. */
  readonly promisedBytes: number;
  /** Whether what is known to be needed fits; `null` where nobody can tell. */
  readonly fits: boolean | null;
}

/** Reads records and asks the file systems; hashes nothing and writes nothing. */
export async function demandOf(call: Call, plan: FetchPlan, catalog: CatalogStore): Promise<PlanDemand> {
  const { cacheDir } = catalog;
  const present = await presentFiles(call, plan, catalog);
  const missing = { ...plan, files: plan.files.filter(({ path }) => !present.has(path)) };
  const left = await leftBytes(cacheDir, call.id, plan.revision);
  const without = (bytes: number): number => Math.max(0, bytes - left);
  const wholeBytes = plannedBytes(missing);
  const [neededBytes, leastBytes] = [wholeBytes === null ? null : without(wholeBytes), without(knownBytes(missing))];
  const freeBytes = (await freeSpace(await nearestFolder(cacheDir))) ?? null;
  const promised = await promisedBytes(cacheDir, call.id, Date.now());
  return {
    presentFiles: present.size,
    presentBytes: [...present.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0),
    leftBytes: left,
    neededBytes,
    freeBytes,
    promisedBytes: promised,
    fits: fits(plan, { neededBytes, leastBytes, roomBytes: freeBytes === null ? null : freeBytes - promised }),
  };
}

interface Figures {
  readonly neededBytes: number | null;
  readonly leastBytes: number;
  readonly roomBytes: number | null;
}

function fits({ mayShareBlocks }: FetchPlan, { neededBytes, leastBytes, roomBytes }: Figures): boolean | null {
  if (mayShareBlocks === true || neededBytes === 0) return true;
  if (roomBytes === null) return null;
  // Of files without a size, only what is too much already is known.
  if (leastBytes > roomBytes) return false;
  return neededBytes === null ? null : true;
}

/** By path: the size of the planned files that a managed model on record has, and still has by its stat. */
async function presentFiles(call: Call, plan: FetchPlan, catalog: CatalogStore): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const wanted = knownContent(call, plan);
  if (wanted.length === 0) return found;
  for await (const entry of catalog.list()) {
    if (found.size === wanted.length) break;
    if (entry.location !== "managed") continue;
    for (const { path, digest, sizeBytes } of wanted) {
      const record = entry.files.find((file) => file.digest === digest);
      if (record === undefined || found.has(path) || (sizeBytes ?? record.sizeBytes) !== record.sizeBytes) continue;
      if (await isHere(catalog.cacheDir, { ...entry, files: [record] })) found.set(path, record.sizeBytes);
    }
  }
  return found;
}

async function isHere(cacheDir: string, entry: CatalogEntry): Promise<boolean> {
  try {
    const presence = await checkPresence(artifactLocation(cacheDir, entry), entry);
    return presence === "intact" || presence === "unproved";
  } catch (error) {
    if (!isModelError(error)) throw error;
    return false;
  }
}

/** The cache, or what it would be made in. */
async function nearestFolder(path: string): Promise<string> {
  try {
    await lstat(path);
    return path;
  } catch (error) {
    if (systemCode(error) !== "ENOENT" || dirname(path) === path) return path;
    return nearestFolder(dirname(path));
  }
}
