import { type BuiltManifest } from "../content/artifact.ts";
import { mediaTypes } from "../content/descriptor.ts";
import { answerWith, type Decision } from "./decide.ts";
import { apiVersion } from "./oci-error.ts";
import type { Repository } from "./stores.ts";

export function tagList(name: string, { tags }: Repository): Decision {
  return documentAnswer({ name, tags: [...tags.keys()].toSorted() }, "application/json");
}

/** The manifests whose subject is this one, as an index. */
export function referrerList({ manifests }: Repository, digest: string): Decision {
  const referrers = [...manifests.values()].flatMap((manifest) => {
    const { subject, artifactType, annotations } = partsOf(manifest);
    return subject?.digest === digest ? [{ ...descriptor(manifest), artifactType, annotations }] : [];
  });
  const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: referrers };
  return documentAnswer(index, mediaTypes.ociIndex);
}

export function documentAnswer(document: object, contentType: string): Decision {
  const headers = { "Content-Type": contentType, ...apiVersion };
  return answerWith({ kind: "status", status: 200, headers, body: JSON.stringify(document) });
}

function descriptor({ mediaType, digest, size }: BuiltManifest): object {
  return { mediaType, digest, size };
}

interface ManifestParts {
  readonly subject?: { readonly digest?: string };
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function partsOf({ bytes }: BuiltManifest): ManifestParts {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; the kit's own tests write it.
  return JSON.parse(bytes.toString()) as ManifestParts;
}
