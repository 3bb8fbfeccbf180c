import { rm } from "node:fs/promises";
import { type DigestText, type FetchedFile, isModelError } from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";
import type { Arrival } from "./begin-arrival.ts";
import { copyBytes } from "./copy-bytes.ts";
import { copySmall } from "./copy-small.ts";
import { type CopyWork, smallBytes } from "./copy-work.ts";
import { fileProgress } from "./file-progress.ts";

/**
 * Brings what a file lacks, and hashes all of it.
 * @throws ModelError `FILE_CHANGED` and the other `FILE_…` codes; `signal.reason` untouched when aborted
 */
export async function finishArrival(arrival: Arrival, work: CopyWork): Promise<FetchedFile> {
  const { path, target, version } = arrival;
  try {
    return { path, sizeBytes: version.sizeBytes, digests: await digestsOf(arrival, work) };
  } catch (error) {
    // It may hold bytes of two versions, and the source may come to look again as the journal says.
    if (isModelError(error, "FILE_CHANGED")) await rm(target, { force: true });
    throw error;
  }
}

async function digestsOf(arrival: Arrival, work: CopyWork): Promise<readonly DigestText[]> {
  const { sizeBytes } = arrival.version;
  if (sizeBytes <= smallBytes) return copySmall(arrival, work);
  if (arrival.heldBytes < sizeBytes) return copyBytes(arrival, work);
  fileProgress(arrival, work.onProgress)(sizeBytes);
  const { algorithms, signal } = work;
  return (await hashFile(arrival.target, { algorithms, signal })).digests;
}
