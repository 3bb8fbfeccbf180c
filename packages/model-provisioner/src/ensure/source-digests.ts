import { type ArtifactDescription, artifactFile, type ArtifactLocation } from "@llama-orch/artifact-store";
import type { DigestText, FetchedArtifact, FetchPlan } from "@llama-orch/catalog-core";
import { digestMismatch } from "./mismatch.ts";

/**
 * Bytes that are not what their own source declares were damaged on the way. No policy accepts them.
 * @throws ModelError `DIGEST_MISMATCH`
 */
export function assertDeclaredDigests(
  id: string,
  plan: FetchPlan,
  description: ArtifactDescription,
  artifact: ArtifactLocation,
): void {
  const actual = new Map(description.files.map(({ path, digest }) => [path, digest]));
  for (const { path, digest: expected } of plan.files) {
    const digest = actual.get(path);
    if (!isComparable(expected) || digest === undefined || digest === expected) continue;
    throw digestMismatch({ id, expected, actual: digest, path: artifactFile(artifact, path), expectedBy: "source" });
  }
}

/** Whether every byte was compared with something that the source declared, here or by the fetcher. */
export function isSourceVerified(plan: FetchPlan, fetched: FetchedArtifact): boolean {
  const checked = new Set(fetched.files.filter(({ sourceChecked }) => sourceChecked === true).map(({ path }) => path));
  return plan.files.every(({ path, digest }) => isComparable(digest) || checked.has(path));
}

/** Files are recorded by their sha256. */
function isComparable(declared: DigestText | undefined): declared is DigestText {
  return declared?.startsWith("sha256:") === true;
}
