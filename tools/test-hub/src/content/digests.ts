import { createHash } from "node:crypto";
import { chunksOf, type Content } from "./content.ts";

/** In lower-case hex. Computed once for each content. */
export function sha256Of(content: Content): string {
  return memoized(sha256s, content, () => digest("sha256", "", content));
}

/** What git calls the file: the SHA-1 of `blob <size>`, a NUL and the content; in lower-case hex. */
export function gitBlobId(content: Content): string {
  return memoized(blobIds, content, () => digest("sha1", `blob ${content.sizeBytes}\0`, content));
}

const sha256s = new WeakMap<Content, string>();
const blobIds = new WeakMap<Content, string>();

function memoized(known: WeakMap<Content, string>, content: Content, compute: () => string): string {
  const found = known.get(content);
  if (found !== undefined) return found;
  const computed = compute();
  known.set(content, computed);
  return computed;
}

function digest(algorithm: string, prefix: string, content: Content): string {
  const hashing = createHash(algorithm).update(prefix);
  for (const chunk of chunksOf(content)) hashing.update(chunk);
  return hashing.digest("hex");
}
