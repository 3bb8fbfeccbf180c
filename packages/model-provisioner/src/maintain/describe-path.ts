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
 * @throws ModelError of `fileFetcher` and of `hashFile`; `signal.reason` untouched when aborted.
 */
export async function describePath(path: string, options: DescribePathOptions = {}): Promise<DescribedPath> {
  const context: FetchContext = {
    signal: options.signal ?? new AbortController().signal,
    onProgress: () => {},
    logger: silentLogger,
    correlationId: "describe-path",
  };
  const plan = await fileFetcher().plan(parseModelRef(path), context);
  const files = plan.files.map((file) => ({ path: file.path, sizeBytes: file.sizeBytes ?? 0 }));
  return { kind: plan.kind, ...(await describeArtifact({ kind: plan.kind, root: plan.source }, files, options)) };
}
