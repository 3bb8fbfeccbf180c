import type { WantedFile } from "@llama-orch/artifact-store";
import { type DigestText, type FetchPlan, formatDigest } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";

/** The planned files whose content is known before it is fetched: by the source's digest, or by the caller's for a single file. */
export function knownContent(call: Call, plan: FetchPlan): readonly WantedFile[] {
  return plan.files.flatMap(({ path, sizeBytes, digest }): readonly WantedFile[] => {
    const known = digest?.startsWith("sha256:") === true ? digest : expectedOf(call, plan);
    return known === undefined ? [] : [{ path, digest: known, ...(sizeBytes !== undefined && { sizeBytes }) }];
  });
}

function expectedOf({ expected }: Call, { kind }: FetchPlan): DigestText | undefined {
  return kind === "file" && expected?.algorithm === "sha256" ? formatDigest(expected) : undefined;
}
