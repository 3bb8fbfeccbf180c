import { isAbsolute, join, sep } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";

/** An artifact on this disk: a file, or a folder with the files that belong to it. */
export interface ArtifactLocation {
  readonly kind: "file" | "directory";
  /** Absolute path of the file or folder. */
  readonly root: string;
}

/** Where an entry's artifact lies. Managed paths are relative to the cache root. */
export function artifactLocation(
  cacheDir: string,
  entry: Pick<CatalogEntry, "kind" | "location" | "localPath">,
): ArtifactLocation {
  const root = entry.location === "managed" ? join(cacheDir, ...entry.localPath.split("/")) : entry.localPath;
  return { kind: entry.kind, root };
}

/** Absolute path of one file of an artifact. */
export function artifactFile(artifact: ArtifactLocation, path: string): string {
  return artifact.kind === "file" ? artifact.root : join(artifact.root, ...path.split("/"));
}

/** Whether a path from outside may name a file below a folder: relative, `/` between segments, nothing that climbs or hides. */
export function isSafeRelativePath(path: string): boolean {
  if (path === "" || isAbsolute(path) || (sep === "\\" && /[\\:]/.test(path))) return false;
  return path.split("/").every(isSafeSegment);
}

/** Every common file system allows 255 bytes in a name; control characters are in no honest one. */
function isSafeSegment(segment: string): boolean {
  return (
    segment !== "" &&
    segment !== "." &&
    segment !== ".." &&
    Buffer.byteLength(segment) <= 255 &&
    !/[\u0000-\u001f\u007f]/.test(segment)
  );
}
