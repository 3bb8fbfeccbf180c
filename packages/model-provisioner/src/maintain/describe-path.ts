import { resolve } from "node:path";
import { type ArtifactDescription, describeArtifact, type HashProgress } from "@llama-orch/artifact-store";
import { type FetchContext, parseModelRef, silentLogger } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";

export interface DescribedPath extends ArtifactDescription {
  readonly kind: "file" | "directory";
}

export interface DescribePathOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: HashProgress) => void;
}

/**
 * What lies at a path of this machine: its size and digest, as an entry would record them. Registers nothing.
 * The text is a path and nothing else: `hf:x` is a file of that name, and `~` is not the home folder (shells expand it).
 * @throws ModelError `REF_INVALID` for an empty path, or one that no reference can hold.
 * @throws ModelError of `fileFetcher` and of `hashFile`; `signal.reason` untouched when aborted.
 */
export async function describePath(path: string, options: DescribePathOptions = {}): Promise<DescribedPath> {
  const context: FetchContext = {
    signal: options.signal ?? new AbortController().signal,
    onProgress: () => {},
    logger: silentLogger,
    correlationId: "describe-path",
  };
  // An absolute path is never read as a reference. An empty one would be made the working folder, and is refused instead.
  const ref = parseModelRef(path.trim() === "" ? path : resolve(path));
  const plan = await fileFetcher().plan(ref, context);
  const files = plan.files.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes ?? 0 }));
  return { kind: plan.kind, ...(await describeArtifact({ kind: plan.kind, root: plan.source }, files, options)) };
}
