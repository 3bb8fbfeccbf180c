import { isAbsolute } from "node:path";
import { fileError, type FileRef, type ModelRef, schemeOf } from "@llama-orch/catalog-core";
import { fileFetcherError } from "./errors.ts";

/**
 * Where a reference leads on this machine.
 * @throws ModelError `FILE_SCHEME_UNSUPPORTED`; `FILE_NOT_FOUND` for a path of another platform.
 */
export function localPathOf(ref: ModelRef): string {
  if (ref.kind !== "file") throw unsupported(schemeOf(ref));
  if (!isAbsolute(ref.path) || isForeign(ref)) {
    throw fileError("FILE_NOT_FOUND", {
      message: `${ref.path} is a Windows path, and this machine runs ${process.platform}.`,
      hint: "Name the file by its path on this machine (for a mounted share: its mount point).",
      facts: { path: ref.path },
    });
  }
  return ref.path;
}

function isForeign(ref: FileRef): boolean {
  return process.platform !== "win32" && /^(?:[A-Za-z]:\\|\\\\)/.test(ref.path);
}

function unsupported(scheme: string): Error {
  return fileFetcherError("FILE_SCHEME_UNSUPPORTED", {
    message: `fetcher-file serves file: references, and was given one of ${scheme}:.`,
    hint: `Compose it with a fetcher that serves ${scheme}:.`,
    facts: { scheme },
  });
}
