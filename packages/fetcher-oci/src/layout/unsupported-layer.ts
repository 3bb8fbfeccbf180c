import { ociError } from "../errors.ts";
import type { Descriptor } from "../manifest/documents.ts";

/** Nothing that may be a part of a model is left out silently. */
export function unsupportedLayer({ mediaType, digest }: Descriptor, layout: string): Error {
  return ociError("OCI_LAYER_UNSUPPORTED", {
    message: `The layer ${digest} is of the kind ${mediaType}, which is not known of ${layout}.`,
    hint: "A newer version of fetcher-oci may know it; #path in the reference selects what is wanted of the others.",
    facts: { mediaType, digest, layout },
  });
}
