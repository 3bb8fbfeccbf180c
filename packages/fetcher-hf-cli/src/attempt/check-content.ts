import type { DigestAlgorithm, FetchedFile, Logger } from "@llama-orch/catalog-core";
import { hashFile } from "@llama-orch/hashing";
import { hfCliError } from "../errors.ts";
import type { ArrivedFile } from "./arrived-files.ts";
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
  const declared = await declaredDigest(etag, {
    sha256: async () => digests[algorithms.indexOf("sha256")] ?? "",
    gitSha1: async () => `git-sha1:${await gitBlobSha1(at, sizeBytes, signal)}`,
  });
  if (declared === undefined) {
    logger.warn("the Hub declared no digest that can be compared", { path, etag });
    return { path, sizeBytes, digests };
  }
  if (declared.actual !== declared.expected) throw mismatch(path, declared);
  return { path, sizeBytes, digests, sourceChecked: true };
}

interface Comparison {
  readonly expected: string;
  readonly actual: string;
}

/** A mirror may have an etag of its own, which says nothing of the content. */
async function declaredDigest(
  etag: string,
  actual: { readonly sha256: () => Promise<string>; readonly gitSha1: () => Promise<string> },
): Promise<Comparison | undefined> {
  if (/^[0-9a-f]{64}$/.test(etag)) return { expected: `sha256:${etag}`, actual: await actual.sha256() };
  if (/^[0-9a-f]{40}$/.test(etag)) return { expected: `git-sha1:${etag}`, actual: await actual.gitSha1() };
  return undefined;
}

function mismatch(path: string, { expected, actual }: Comparison): Error {
  return hfCliError("HF_CONTENT_MISMATCH", {
    message: `${path} is not what the Hub declared: expected ${expected}, got ${actual}.`,
    hint: "Nothing was kept. Try again; if it happens again, something on the way (a proxy, a mirror, the CLI's own cache) changes the bytes.",
    facts: { path, expected, actual },
  });
}
