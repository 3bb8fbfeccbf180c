import { rename } from "node:fs/promises";
import { join } from "node:path";
import { fileErrorFrom, systemCode } from "@llama-orch/catalog-core";
import { cacheLayout } from "../cache-layout.ts";
import { managedFolders } from "../hide-managed.ts";
import type { Arrival, PublishedArtifact } from "./publish.ts";

/**
 * Takes back a version that was shown and could not be put on record: out of sight first, by one rename into its own
 * ingest, whose `discard` gives its room back. Then the last look: if somebody has come to name it, it is put back.
 * @returns whether it was taken back.
 * @throws ModelError of the `FILE_…` codes; what `isStillUnnamed` throws
 */
export async function withdrawArtifact(
  { cacheDir, ingest }: Pick<Arrival, "cacheDir" | "ingest">,
  { localPath, files }: PublishedArtifact,
  isStillUnnamed: () => Promise<boolean>,
): Promise<boolean> {
  const { model, version } = managedFolders(localPath);
  const shown = join(cacheLayout(cacheDir).models, model, version);
  const hidden = join(ingest.root, "withdrawn");
  try {
    await rename(shown, hidden);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return true;
    throw fileErrorFrom(error, shown, "write");
  }
  let mayGo = false;
  try {
    mayGo = await isStillUnnamed();
    if (mayGo) for (const { digest } of files) ingest.named.add(digest);
    return mayGo;
  } finally {
    if (!mayGo) await rename(hidden, shown).catch(ignoreTaken);
  }
}

/** Where the name is taken, somebody has shown a whole tree there meanwhile, and the hidden one goes with the ingest. */
function ignoreTaken(error: unknown): void {
  if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(systemCode(error) ?? "")) throw error;
}
