import { rm } from "node:fs/promises";
import type { FetchContext, Ingest } from "@llama-orch/catalog-core";
import type { ArchiveLimits } from "../archive/archive-limits.ts";
import { unsafe } from "../archive/refusals.ts";
import { unpack } from "../archive/unpack.ts";
import { Unpacked, type UnpackedFile } from "../archive/unpacked.ts";
import type { ArchivePart } from "../layout/layout.ts";
import { archiveFolder, archivePath } from "../plan/archive-path.ts";
import { selectedName, type Selection } from "../plan/select.ts";

export interface ArchiveWork {
  readonly ingest: Ingest;
  readonly context: FetchContext;
  readonly limits: ArchiveLimits;
  readonly selection: Selection;
}

/**
 * Unpacks the archives that have arrived, one after the other, in the order of the layers. Each one is removed when it is
 * unpacked: so the disk need not hold the whole model twice.
 */
export async function unpackArchives(
  archives: readonly ArchivePart[],
  { ingest, context, limits, selection }: ArchiveWork,
): Promise<readonly UnpackedFile[]> {
  const unpacked = new Unpacked(ingest, limits);
  const lastUse = new Map(archives.map((part, index) => [archivePath(part), index]));
  for (const [index, part] of archives.entries()) {
    const { path } = await ingest.target(archivePath(part));
    unpacked.beginLayer();
    await unpack(path, {
      compression: part.compression,
      whiteouts: part.whiteouts === true,
      nameOf: (entry) => nameOf(entry, part, selection),
      unpacked,
      signal: context.signal,
    });
    if (lastUse.get(archivePath(part)) === index) await rm(path, { force: true });
  }
  await unpacked.settleLinks(context.signal);
  return unpacked.files;
}

/** @throws ModelError `OCI_ARCHIVE_UNSAFE` for one in the folder of the archives, which are still to be unpacked */
function nameOf(entry: string, { below }: ArchivePart, selection: Selection): string | undefined {
  const path = below === undefined ? entry : withoutFolder(entry, below);
  const name = path === "" ? undefined : selectedName(path, selection);
  const [first = ""] = name?.split("/") ?? [];
  // Some file systems take other letters for the same, too.
  if (first.normalize("NFKC").toLowerCase() === archiveFolder)
    throw unsafe(entry, "this name is kept for the archives themselves");
  return name;
}

function withoutFolder(entry: string, folder: string): string {
  return entry.startsWith(`${folder}/`) ? entry.slice(folder.length + 1) : "";
}
