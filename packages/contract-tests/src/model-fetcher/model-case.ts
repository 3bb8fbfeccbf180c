import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { type FetcherBench, needed } from "./fetcher-bench.ts";
import type { ModelCase } from "./fetcher-setup.ts";

/** The models that a fetcher must be able to bring. */
export function modelsOf({ cases, rules }: FetcherBench): readonly ModelCase[] {
  const { present, directory } = cases;
  return rules.supports.directories ? [present, needed(directory, "directory", "directories")] : [present];
}

/** What these bytes' digest is, in the algorithm of another digest. */
export function digestLike(digest: string, content: Uint8Array): string {
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  return `${algorithm}:${hash(algorithm, content)}`;
}

/** The bytes that a file of a case shall have. */
export function contentOf(model: ModelCase, path: string): Buffer {
  const content = model.files[path];
  assert.ok(content !== undefined, `${JSON.stringify(path)} is no file of the case`);
  return Buffer.from(content);
}
