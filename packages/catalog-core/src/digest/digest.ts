import { catalogError } from "../errors/catalog-errors.ts";

export type DigestAlgorithm = "sha256" | "sha512";

/** The digest of some bytes. Made by {@link parseDigest}. */
export interface Digest {
  readonly algorithm: DigestAlgorithm;
  /** Lower-case hex: 64 digits for sha256, 128 for sha512. */
  readonly hex: string;
}

/** A digest as one writes it: `sha256:<64 hex>` or `sha512:<128 hex>`, lower-case. */
export type DigestText = `${DigestAlgorithm}:${string}`;

const hexDigits: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };

/**
 * Reads a digest in either form. Upper-case hex is accepted and lowered.
 * @throws ModelError `DIGEST_INVALID` for a wrong length, another algorithm, or anything else.
 */
export function parseDigest(input: Digest | string): Digest {
  const text = typeof input === "string" ? input : `${input.algorithm}:${input.hex}`;
  const colon = text.indexOf(":");
  const algorithm = text.slice(0, colon);
  const hex = text.slice(colon + 1).toLowerCase();
  if (colon < 0) throw invalid(text, `it names no algorithm`);
  if (!isAlgorithm(algorithm)) throw invalid(text, `the algorithm ${JSON.stringify(algorithm)} is not supported`);
  if (!/^[0-9a-f]*$/.test(hex)) throw invalid(text, `it holds characters that are not hex digits`);
  if (hex.length !== hexDigits[algorithm]) {
    throw invalid(text, `${algorithm} has ${hexDigits[algorithm]} hex digits, this has ${hex.length}`);
  }
  return Object.freeze({ algorithm, hex });
}

export function formatDigest(digest: Digest): DigestText {
  return `${digest.algorithm}:${digest.hex}`;
}

export function isSameDigest(a: Digest, b: Digest): boolean {
  return a.algorithm === b.algorithm && a.hex === b.hex;
}

function isAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(hexDigits, name);
}

function invalid(text: string, reason: string): Error {
  const shown = text.length > 160 ? `${text.slice(0, 160)}…` : text;
  return catalogError("DIGEST_INVALID", {
    message: `${JSON.stringify(shown)} is not a digest: ${reason}.`,
    hint: "Write sha256:<64 hex digits> or sha512:<128 hex digits>, as sha256sum and sha512sum print them.",
    facts: { digest: shown },
  });
}
