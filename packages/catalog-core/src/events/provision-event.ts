import type { Trust } from "../catalog/catalog-entry.ts";
import type { DigestText } from "../digest/digest.ts";

/** What happens while a model is ensured. Every event says of which model, for which call, and when. No event holds a secret. */
export type ProvisionEvent = EventHead & EventBody;

export interface EventHead {
  /** The canonical id of the model. */
  readonly id: string;
  /** The caller's `X-Correlation-Id`, or one made for the call. */
  readonly correlationId: string;
  /** ms since 1970. */
  readonly atMs: number;
}

export type EventBody =
  | { readonly type: "ensure-started"; readonly reference: string }
  /** Another call of this process is bringing the same model; its steps follow. */
  | { readonly type: "flight-joined" }
  /** Another process of this cache is bringing the same model. Its id, once it has said so. */
  | { readonly type: "wait-started"; readonly holderPid: number | null }
  /** How far the other process is, in bytes of the step that it is at. */
  | {
      readonly type: "wait-progress";
      readonly holderPid: number;
      readonly doneBytes: number;
      readonly totalBytes: number | null;
    }
  /** The other process has not stirred for long: this one goes on beside it, in a private place. */
  | { readonly type: "wait-given-up"; readonly holderPid: number }
  /** The model was here: no hash, no network, no write. */
  | { readonly type: "model-present"; readonly localPath: string; readonly sizeBytes: number }
  | {
      readonly type: "plan-made";
      readonly source: string;
      readonly revision?: string;
      /** `null` when the source does not tell before it has brought them. */
      readonly files: number | null;
      readonly totalBytes: number | null;
    }
  /** Bytes of a known digest are on this machine already, under another model: they are linked, not fetched. */
  | { readonly type: "content-reused"; readonly files: number; readonly sizeBytes: number }
  | { readonly type: "fetch-started"; readonly fetcher: string; readonly source: string }
  | {
      readonly type: "fetch-progress";
      readonly path: string;
      readonly receivedBytes: number;
      readonly totalBytes: number | null;
      readonly attempt: number;
      /** Over all files of the artifact. */
      readonly overall: { readonly receivedBytes: number; readonly totalBytes: number | null };
    }
  | { readonly type: "fetch-finished"; readonly movedBytes: number; readonly reusedBytes: number }
  /** Bytes are read and hashed after they arrived, or where they lie. */
  | { readonly type: "hash-progress"; readonly path: string; readonly hashedBytes: number; readonly totalBytes: number }
  | { readonly type: "digest-verified"; readonly digest: DigestText; readonly trust: Trust }
  | {
      readonly type: "digest-mismatch";
      readonly expected: DigestText;
      readonly actual: DigestText;
      readonly policy: MismatchPolicy;
    }
  | { readonly type: "model-published"; readonly localPath: string; readonly stagedBytes: number }
  | {
      readonly type: "entry-registered";
      readonly digest: DigestText;
      readonly sizeBytes: number;
      readonly trust: Trust;
    }
  /** The model was Retired, and is Active again. */
  | { readonly type: "entry-reactivated" }
  /** The files are not the ones on record, and no caller had vouched for those: the record follows the files. */
  | { readonly type: "source-changed"; readonly previous: DigestText; readonly current: DigestText }
  | { readonly type: "ensure-finished"; readonly localPath: string; readonly report: EnsureReport }
  | { readonly type: "ensure-failed"; readonly code: string; readonly message: string; readonly hint: string };

/** `error`: a mismatch fails the call. `warn`: the call succeeds, and its report says so with both values. */
export type MismatchPolicy = "error" | "warn";

/** The figures of one call, for its caller to log. */
export interface EnsureReport {
  /** Bytes that were brought under our management by this call. 0 when cached, or used in place. */
  readonly stagedBytes: number;
  readonly durationMs: number;
  readonly verification: VerificationReport;
  /** The model was here, and was not fetched. */
  readonly cached: boolean;
  readonly trust: Trust;
  /** Of the bytes at `localPath`: of the file, or of the directory's listing. Always sha256. */
  readonly digest: DigestText;
  readonly sizeBytes: number;
}

/** `skipped`: no digest was expected by this call, and none is on record that a caller gave. */
export interface VerificationReport {
  readonly outcome: "pass" | "warn" | "skipped";
  readonly expected?: DigestText;
  readonly actual?: DigestText;
}
