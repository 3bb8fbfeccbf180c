import type {
  CatalogEntry,
  CatalogStore,
  DigestText,
  ResolvedModel,
  Trust,
  VerificationReport,
} from "@llama-orch/catalog-core";

/** What `ensure --json` prints for a reference. */
export interface EnsureResult {
  readonly id: string;
  /** Absolute path that an engine opens. */
  readonly localPath: string;
  /** sha256 of what lies at `localPath`, or of the listing of the directory that it belongs to. */
  readonly digest: DigestText | undefined;
  readonly sizeBytes: number;
  readonly trust: Trust;
  readonly cached: boolean;
  readonly stagedBytes: number;
  readonly durationMs: number;
  readonly verification: VerificationReport;
  readonly correlationId: string;
}

export async function ensureResult(
  { id, localPath, report }: ResolvedModel,
  correlationId: string,
  catalog: CatalogStore,
): Promise<EnsureResult> {
  const { trust, cached, stagedBytes, durationMs, verification } = report;
  const served = servedContent(report, await catalog.get(id));
  return { id, localPath, ...served, trust, cached, stagedBytes, durationMs, verification, correlationId };
}

/**
 * The record says what was served, with one exception: under `warn`, other bytes than the vouched ones may be served
 * without becoming the record. Those are unverified, and the record is not.
 */
function servedContent(
  { trust, stagedBytes, verification }: ResolvedModel["report"],
  entry: CatalogEntry | undefined,
): Pick<EnsureResult, "digest" | "sizeBytes"> {
  const isRecord = entry !== undefined && entry.trust === trust;
  const { digest, sizeBytes } = (isRecord ? entry : entry?.drift) ?? {
    digest: verification.actual,
    sizeBytes: stagedBytes,
  };
  return { digest, sizeBytes };
}
