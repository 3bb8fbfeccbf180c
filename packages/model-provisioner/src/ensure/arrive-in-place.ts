import type { Ingest, ModelFetcher } from "@llama-orch/catalog-core";
import type { Planned } from "./arrive.ts";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { assertFetched, brokenContract } from "./check-fetcher.ts";
import { fetchPlanned, hashArrived } from "./fetch-planned.ts";
import { provenanceOf } from "./provenance.ts";
import { assertDeclaredDigests, isSourceVerified } from "./source-digests.ts";
import type { Surroundings } from "./surroundings.ts";

/** A model that is used where it lies: looked at, and hashed. Nothing is written, so a read-only cache is no obstacle. */
export async function arriveInPlace(call: Call, planned: Planned, around: Surroundings): Promise<Candidate> {
  const { fetcher } = around;
  const fetched = await fetchPlanned(call, planned.plan, { ingest: noIngest(fetcher), around });
  // A fallback may have fetched by another plan than the one that was made first.
  const plan = fetched.plan ?? planned.plan;
  await assertFetched(plan, fetched, { tree: undefined, fetcher });
  const artifact = { kind: plan.kind, root: fetched.externalPath ?? "" };
  const description = await hashArrived(call, { artifact, fetched }, around);
  assertDeclaredDigests(call.id, plan, description, artifact);
  return {
    kind: plan.kind,
    entryPoint: fetched.entryPoint ?? plan.entryPoint,
    location: "external",
    description,
    where: () => artifact,
    cached: false,
    askedSource: true,
    sourceVerified: isSourceVerified(plan, fetched),
    verifiedMs: Date.now(),
    provenance: provenanceOf(call, { ...planned, plan, fetched }, fetcher),
    publish: async () => ({ location: "external", localPath: artifact.root, files: description.files, stagedBytes: 0 }),
    withdraw: async () => {},
    keep: async () => false,
    dispose: async () => {},
  };
}

function noIngest(fetcher: ModelFetcher): Ingest {
  return {
    directory: "",
    present: new Set(),
    target: () => Promise.reject(brokenContract(fetcher, "wanted to write for a model that is used in place")),
  };
}
