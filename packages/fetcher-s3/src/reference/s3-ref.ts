import { type ModelRef, requestUrl, schemeOf } from "@llama-orch/catalog-core";
import { s3Error } from "../errors.ts";
import { parseS3Locator, type S3Location } from "./s3-location.ts";

/**
 * What a reference names, as the person wrote it: the id hides what looks like a secret, and a key may look like one.
 * @throws ModelError `S3_SCHEME_UNSUPPORTED`, `S3_REFERENCE_INVALID`
 */
export function locationOf(ref: ModelRef): S3Location {
  if (ref.kind === "url" && ref.scheme === "s3") return parseS3Locator(requestUrl(ref).slice("s3:".length));
  const scheme = schemeOf(ref);
  if (scheme === "s3") return parseS3Locator("");
  throw s3Error("S3_SCHEME_UNSUPPORTED", {
    message: `${scheme}: references are not fetched by fetcher-s3.`,
    hint: "It serves s3: references; compose the fetcher of the other scheme beside it.",
    facts: { scheme },
  });
}
