import { readFile, writeFile } from "node:fs/promises";
import { bootId } from "@llama-orch/catalog-core";
import type { FileVersion } from "../file-version.ts";

/**
 * What a copy notes down before its first byte: of which version of which file the target is a prefix, and in which boot
 * it was written, since what another boot had not yet on the disk may be lost. It says nothing of how much there is: a
 * copy is written from its first byte to its last, so that is the target's size.
 */
export interface CopyJournal {
  /** Absolute path of the file that is copied. */
  readonly source: string;
  readonly version: FileVersion;
}

export async function writeJournal(path: string, journal: CopyJournal): Promise<void> {
  await writeFile(path, journalText(journal));
}

/** Whether just this is noted down. A torn journal, another fetcher's, one of another boot or version: all are others. */
export async function isNoted(path: string, journal: CopyJournal): Promise<boolean> {
  // Unreadable for whatever reason: it vouches for nothing.
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === journalText(journal);
}

function journalText({ source, version: { sizeBytes, mtimeNs, inode } }: CopyJournal): string {
  return `${JSON.stringify({ fetcher: "fetcher-file", format: 1, boot: bootId(), source, sizeBytes, mtimeNs, inode })}\n`;
}
