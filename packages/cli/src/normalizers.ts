import { type ModelRef, parseModelRef, withNormalizedLocator } from "@llama-orch/catalog-core";
import { normalizeOciLocator } from "@llama-orch/fetcher-oci";
import { normalizeS3Locator } from "@llama-orch/fetcher-s3";

/** By scheme: the one text for what may be written in several ways. */
export const normalizers: { readonly oci: Normalize; readonly s3: Normalize } = {
  oci: normalizeOciLocator,
  s3: normalizeS3Locator,
};

type Normalize = (locator: string) => string;

/**
 * A reference as `ensure` would record it.
 * @throws ModelError `REF_INVALID`, and what a scheme says of a locator that it does not allow
 */
export function parseNormalizedRef(text: string): ModelRef {
  const ref = parseModelRef(text);
  if (ref.kind !== "url") return ref;
  const normalize = Object.entries(normalizers).find(([scheme]) => scheme === ref.scheme)?.[1];
  return normalize === undefined ? ref : withNormalizedLocator(ref, normalize);
}
