import {
  type FetchedArtifact,
  type FetchPlan,
  type ModelFetcher,
  type Provenance,
  redactText,
  redactValue,
} from "@llama-orch/catalog-core";
import { version } from "../version.ts";
import type { Call } from "./call.ts";

/** One fetch, from its plan to its end. */
export interface Fetched {
  readonly plan: FetchPlan;
  readonly fetched: FetchedArtifact;
  readonly startedMs: number;
}

/** Where bytes that just arrived came from, for the record. */
export function provenanceOf(call: Call, { plan, fetched, startedMs }: Fetched, fetcher: ModelFetcher): Provenance {
  const revision = fetched.revision ?? plan.revision;
  const validators = fetched.validators ?? plan.validators;
  const by = fetched.fetchedBy ?? fetcher.plannedBy?.(plan) ?? fetcher;
  return {
    reference: call.reference,
    source: redactText(plan.source),
    ...(revision !== undefined && { revision: redactText(revision) }),
    ...(validators !== undefined && { validators: redactValue(validators) }),
    fetcher: by.name,
    fetcherVersion: by.version,
    toolVersion: version,
    startedMs,
    finishedMs: Date.now(),
    movedBytes: fetched.movedBytes,
    reusedBytes: fetched.reusedBytes,
  };
}
