import { ociError } from "../errors.ts";
import type { ArchiveLimits } from "./archive-limits.ts";

/** What an archive must not hold. */
export function unsafe(entry: string, problem: string): Error {
  return ociError("OCI_ARCHIVE_UNSAFE", {
    message: `An archive of the model is not unpacked: ${JSON.stringify(entry)}: ${problem}.`,
    hint: "Nothing of it is kept. An honest model is packed again without this; do not trust where this one comes from.",
    facts: { entry, problem },
  });
}

export function noArchive(cause: unknown): Error {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return ociError("OCI_ARCHIVE_UNSAFE", {
    message: `A layer of the model is no archive that can be read: ${problem}.`,
    hint: "It was pushed so, for its digest is right: have it packed and pushed again.",
    facts: { problem },
    cause,
  });
}

export function tooLarge(option: keyof ArchiveLimits, limit: number, what: string): Error {
  return ociError("OCI_ARCHIVE_TOO_LARGE", {
    message: `The archives of the model come to more than ${limit} ${what}.`,
    hint: `If they are what you want, allow more by the option archives.${option}.`,
    facts: { option, limit },
  });
}
