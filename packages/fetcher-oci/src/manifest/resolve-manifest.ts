import type { DigestText, FetchContext } from "@llama-orch/catalog-core";
import { ociError } from "../errors.ts";
import type { OciReference } from "../reference/oci-reference.ts";
import { firstOfUse } from "../registry/first-of-use.ts";
import type { Registry } from "../registry/registry.ts";
import { choosePlatform } from "./choose-platform.ts";
import type { ManifestDocument } from "./documents.ts";
import { readManifest, type ReadManifest } from "./read-manifest.ts";

export interface ResolvedManifest {
  /** Of the manifest itself, also where an index led to it. */
  readonly digest: DigestText;
  readonly document: ManifestDocument;
}

/** An index may name indexes; nobody has reason to go on with that. */
const maxDepth = 3;

/**
 * The one manifest that a reference means: a tag is resolved once, and what follows is asked for by digest.
 * @throws ModelError of `OciErrorCode` and `TransferErrorCode`
 */
export async function resolveManifest(
  { registry, repository, version }: OciReference,
  places: readonly Registry[],
  { platform, context }: { readonly platform: string | undefined; readonly context: FetchContext },
): Promise<ResolvedManifest> {
  const read = (reference: string): Promise<ReadManifest> =>
    firstOfUse(places, context, (place) => readManifest(place, reference));
  let found = await read("tag" in version ? version.tag : version.digest);
  for (let depth = 1; found.kind === "index"; depth += 1) {
    const name = `${registry}/${repository}@${found.digest}`;
    if (depth > maxDepth) throw tooDeep(name);
    found = await read(choosePlatform(found.document, platform, name));
  }
  return { digest: found.digest, document: found.document };
}

function tooDeep(name: string): Error {
  return ociError("OCI_ANSWER_INVALID", {
    message: `${name} leads from one index to the next.`,
    hint: "Name the manifest that is meant by its digest (oci://host/name@sha256:…).",
    facts: { problem: "indexes within indexes" },
  });
}
