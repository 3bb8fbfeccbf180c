import type { FileSpec, ReceivedRequest } from "../../../fault-server/src/index.ts";
import type { BuiltManifest } from "../content/artifact.ts";
import { answerWith, type Decision, granted, refuse } from "./decide.ts";
import { apiVersion, ociError } from "./oci-error.ts";
import type { ManifestLie, Repository } from "./stores.ts";

export function manifestAt({ manifests, tags }: Repository, reference: string): BuiltManifest | undefined {
  return manifests.get(tags.get(reference) ?? reference);
}

/** What lies at the path of a manifest, lies included. */
export function manifestFile({ bytes, digest, mediaType }: BuiltManifest, lie: ManifestLie = {}): FileSpec {
  const { contentType = mediaType, contentDigest = digest } = lie;
  return {
    content: lie.endless === undefined ? (lie.bytes ?? bytes) : { sizeBytes: 2 ** 40, seed: "endless" },
    contentType: contentType ?? "",
    etag: `"${digest}"`,
    ranges: false,
    headers: { ...apiVersion, ...(contentDigest !== null && { "Docker-Content-Digest": contentDigest }) },
  };
}

/** Whether it is given. A manifest of a type that `Accept` does not list is as good as unknown, as real registries have it. */
export function manifestDecision(
  repository: Repository,
  reference: string,
  request: ReceivedRequest,
  strictAccept: boolean,
): Decision {
  const manifest = manifestAt(repository, reference);
  if (manifest === undefined) return unknownManifest("manifest unknown");
  const accepted = (request.headers["accept"] ?? "").split(",").map((type) => type.split(";")[0]?.trim());
  if (strictAccept && !accepted.includes(manifest.mediaType)) {
    return unknownManifest(`${manifest.mediaType} found, but accept header does not support it`);
  }
  const lie = repository.lies.get(reference);
  if (lie === undefined) return granted;
  return answerWith(
    ...(lie.contentType === null ? [{ kind: "headers", headers: { "Content-Type": null } } as const] : []),
    ...(lie.endless === "unsized" ? [{ kind: "chunked" } as const] : []),
  );
}

function unknownManifest(message: string): Decision {
  return refuse(ociError(404, { code: "MANIFEST_UNKNOWN", message }));
}
