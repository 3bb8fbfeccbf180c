import { invalidOption } from "../invalid-option.ts";

/** What the archives of one model may come to. */
export interface ArchiveLimits {
  /** @default 100,000 */
  readonly maxEntries: number;
  /** Of one file, in bytes. @default 1 TiB */
  readonly maxFileBytes: number;
  /** Of all files together, in bytes. @default 4 TiB */
  readonly maxTotalBytes: number;
}

const tebibyte = 1024 ** 4;

/** @throws ModelError `OCI_OPTION_INVALID` */
export function parseArchiveLimits(limits: Partial<ArchiveLimits>): ArchiveLimits {
  const parsed = { maxEntries: 100_000, maxFileBytes: tebibyte, maxTotalBytes: 4 * tebibyte, ...limits };
  for (const [name, value] of Object.entries(parsed)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw invalidOption(`archives.${name}`, value, "It is a whole number of at least 1.");
  }
  return parsed;
}
