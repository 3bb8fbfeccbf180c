import type { DigestText, ResolvedModel, Trust, VerificationReport } from "@llama-orch/catalog-core";

/** What `ensure --json` prints for a reference. */
export interface EnsureResult {
  readonly id: string;
  /** Absolute path that an engine opens. */
  readonly localPath: string;
  /** sha256 of what lies at `localPath`, or of the listing of the directory that it belongs to. */
  readonly digest: DigestText;
  readonly sizeBytes: number;
  readonly trust: Trust;
  readonly cached: boolean;
  readonly stagedBytes: number;
  readonly durationMs: number;
  readonly verification: VerificationReport;
  readonly correlationId: string;
}

export function ensureResult({ id, localPath, report }: ResolvedModel, correlationId: string): EnsureResult {
  const { digest, sizeBytes, trust, cached, stagedBytes, durationMs, verification } = report;
  return { id, localPath, digest, sizeBytes, trust, cached, stagedBytes, durationMs, verification, correlationId };
}
