import type { ArchivePart } from "../layout/layout.ts";

/** Where an archive lies until it is unpacked: in a folder that no archive may write to. */
export const archiveFolder: string = ".layers";

/** Where it is expected in the ingest. */
export function archivePath({ layer: { digest } }: ArchivePart): string {
  return `${archiveFolder}/${digest.replace(":", "-")}.tar`;
}
