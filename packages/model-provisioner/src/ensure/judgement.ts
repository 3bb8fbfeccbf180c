import type { CatalogEntry, VerificationReport } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";

/** A candidate before one call, with all that its judgement goes by. */
export interface Judgement {
  readonly call: Call;
  readonly candidate: Candidate;
  /** The entry before this call. */
  readonly previous: CatalogEntry | undefined;
  readonly verification: VerificationReport;
}
