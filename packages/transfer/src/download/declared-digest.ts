import type { DigestText } from "@llama-orch/catalog-core";

/**
 * The sha256 that a `Repr-Digest` field declares (RFC 9530): `sha-256=:BASE64:`, among others.
 * One that is malformed declares nothing.
 */
export function readDeclaredDigest(field: string | undefined): DigestText | undefined {
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(field ?? "")?.[1];
  return base64 === undefined ? undefined : `sha256:${Buffer.from(base64, "base64").toString("hex")}`;
}
