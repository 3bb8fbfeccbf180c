import { type CatalogEntry, type FileRecord, isModelError, parseDigest, redactText } from "@llama-orch/catalog-core";
import { holdsUserinfo, isAbsolutePath, isPlainPath, isPortablePath } from "../kit/path-text.ts";

/** What is wrong with an entry that a type check cannot see; nothing when it is well formed. */
export function entryProblems(entry: CatalogEntry): readonly string[] {
  return [
    ...(entry.id === "" ? ["id is empty"] : []),
    ...placeProblems(entry),
    ...digestProblems("digest", entry.digest),
    ...contentProblems("", entry, isPathOf(entry)),
    ...kindProblems(entry),
    ...(entry.checks ?? []).flatMap((check) => checkProblems(check.expected, check.actual)),
    ...((entry.checks ?? []).length > 8 ? ["checks holds more than 8"] : []),
    ...(entry.drift === undefined
      ? []
      : [
          ...digestProblems("drift.digest", entry.drift.digest),
          ...contentProblems("drift.", entry.drift, isPathOf(entry)),
        ]),
    ...(holdsSecret(entry.provenance.source) ? ["provenance.source holds a secret"] : []),
    ...(holdsSecret(entry.provenance.reference) ? ["provenance.reference holds a secret"] : []),
  ];
}

function placeProblems({ location, localPath }: CatalogEntry): readonly string[] {
  if (location === "managed") {
    return isPortablePath(localPath) ? [] : ["localPath of a managed entry must be relative to the cache root"];
  }
  return isAbsolutePath(localPath) ? [] : ["localPath of an external entry must be absolute"];
}

function contentProblems(
  where: string,
  content: { readonly sizeBytes: number; readonly files: readonly FileRecord[] },
  isPath: (path: string) => boolean,
): readonly string[] {
  const paths = content.files.map((file) => file.path);
  const sum = content.files.reduce((bytes, file) => bytes + file.sizeBytes, 0);
  return [
    ...(content.files.length === 0 ? [`${where}files is empty`] : []),
    ...(new Set(paths).size < paths.length ? [`${where}files names a path twice`] : []),
    ...paths
      .filter((path) => !isPath(path))
      .map((path) => `${where}files: ${JSON.stringify(path)} is not a plain relative path`),
    ...content.files.flatMap((file) => digestProblems(`${where}files: digest of ${file.path}`, file.digest)),
    ...[content, ...content.files]
      .filter(({ sizeBytes }) => !isSize(sizeBytes))
      .map(({ sizeBytes }) => `${where}sizeBytes: ${sizeBytes} is no size`),
    ...(sum === content.sizeBytes ? [] : [`${where}sizeBytes is not the sum over files`]),
  ];
}

/** Whoever owns a POSIX folder may have named its files with backslashes and colons; we do not. */
function isPathOf({ localPath, location }: CatalogEntry): (path: string) => boolean {
  return location === "external" && localPath.startsWith("/") ? isPlainPath : isPortablePath;
}

function kindProblems({ kind, files, entryPoint }: CatalogEntry): readonly string[] {
  if (kind === "file") {
    return [
      ...(files.length > 1 ? ["an entry of kind file has one file"] : []),
      ...(entryPoint === undefined ? [] : ["an entry of kind file has no entryPoint"]),
    ];
  }
  const isListed = entryPoint === undefined || files.some((file) => file.path === entryPoint);
  return isListed ? [] : ["entryPoint is not among files"];
}

/** Catalogs speak sha256, lower-case; only what callers expected may be of another algorithm. */
function digestProblems(field: string, digest: string): readonly string[] {
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? [] : [`${field} is not a sha256 digest`];
}

function checkProblems(expected: string, actual: string): readonly string[] {
  try {
    const same = parseDigest(expected).algorithm === parseDigest(actual).algorithm;
    return same ? [] : ["a check compares two algorithms"];
  } catch (error) {
    if (!isModelError(error, "DIGEST_INVALID")) throw error;
    return [error.message];
  }
}

function holdsSecret(text: string): boolean {
  return holdsUserinfo(text) || redactText(text) !== text;
}

function isSize(bytes: number): boolean {
  return Number.isSafeInteger(bytes) && bytes >= 0;
}
