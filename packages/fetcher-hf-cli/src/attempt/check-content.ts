import type { DigestAlgorithm, FetchedFile, Logger } from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";
import { hfCliError } from "../errors.ts";
import type { ArrivedFile } from "./arrived-files.ts";
import { isLargeEtag } from "./download-metadata.ts";
import { gitBlobSha1 } from "./git-blob.ts";

export interface Checking {
  readonly algorithms: readonly DigestAlgorithm[];
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/**
 * Hashes a file, and compares it with what the Hub declared: every release of the CLI looks at the size alone.
 * @throws ModelError `HF_CONTENT_MISMATCH`
 */
export async function checkContent(file: ArrivedFile, { algorithms, signal, logger }: Checking): Promise<FetchedFile> {
  const { path, at, etag } = file;
  const { digests, sizeBytes } = await hashFile(at, { algorithms, signal });
  const declared = declaredDigest(etag);
  if (declared === undefined) {
    logger.warn("the Hub declared no digest that can be compared", { path, etag });
    return { path, sizeBytes, digests };
  }
  const sha256 = digests[algorithms.indexOf("sha256")] ?? "";
  const actual = isLargeEtag(etag) ? sha256 : `git-sha1:${await gitBlobSha1(at, sizeBytes, signal)}`;
  if (actual !== declared) throw mismatch(path, { expected: declared, actual });
  return { path, sizeBytes, digests, sourceChecked: true };
}

/** A mirror may have an etag of its own, which says nothing of the content. */
function declaredDigest(etag: string): string | undefined {
  if (isLargeEtag(etag)) return `sha256:${etag}`;
  return /^[0-9a-f]{40}$/.test(etag) ? `git-sha1:${etag}` : undefined;
}

interface Comparison {
  readonly expected: string;
  readonly actual: string;
}

function mismatch(path: string, { expected, actual }: Comparison): Error {
  return hfCliError("HF_CONTENT_MISMATCH", {
    message: `${path} is not what the Hub declared: expected ${expected}, got ${actual}.`,
    hint: "Nothing was kept. Try again; if it happens again, something on the way (a proxy, a mirror, the CLI's own cache) changes the bytes.",
    facts: { path, expected, actual },
  });
}
