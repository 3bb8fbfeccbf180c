import type { DigestAlgorithm, FetchContext, Ingest } from "@llama-orch/catalog-core";
import type { Hub } from "../hub/hub.ts";
import type { HubFile } from "../hub/hub-file.ts";
import type { PlannedModel } from "../plan/plan-model.ts";
import type { PythonCache } from "../python-cache/python-cache.ts";

export interface ModelFetch {
  readonly hub: Hub;
  readonly ingest: Ingest;
  readonly context: FetchContext;
  readonly pythonCache: PythonCache | undefined;
}

/** One file on its way. */
export interface FileFetch {
  /** In the artifact. */
  readonly path: string;
  readonly file: HubFile;
  readonly model: PlannedModel;
}

export function algorithmsFor({ expectedDigest }: FetchContext): readonly DigestAlgorithm[] {
  return [...new Set(["sha256", expectedDigest?.algorithm ?? "sha256"] as const)];
}
