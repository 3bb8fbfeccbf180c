import { createHash } from "node:crypto";
import { type Content, partOf, piecesOf } from "../../../fault-server/src/content/content.ts";
import { crc32, crc32c, crc64nvme } from "./crc.ts";

export type ChecksumAlgorithm = "sha256" | "sha1" | "crc32" | "crc32c" | "crc64nvme";
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** A digest in the making. */
interface Hasher {
  update(bytes: Uint8Array): unknown;
  digest(): Buffer;
}

const hashers: Readonly<Record<ChecksumAlgorithm, () => Hasher>> = {
  sha256: () => createHash("sha256"),
  sha1: () => createHash("sha1"),
  crc32,
  crc32c,
  crc64nvme,
};

/** As S3 says it: in base64. It takes a moment per 100 MB. */
export function checksumOf(algorithm: ChecksumAlgorithm, content: Content): string {
  return digestOf(algorithm, content).toString("base64");
}

/** The checksum of the parts' checksums, and how many there are: in base64, `-N`. */
export function compositeChecksumOf(algorithm: ChecksumAlgorithm, parts: readonly Content[]): string {
  const whole = hashers[algorithm]();
  for (const part of parts) whole.update(digestOf(algorithm, part));
  return `${whole.digest().toString("base64")}-${parts.length}`;
}

/** As they were uploaded; the last one may be shorter. */
export function partsOf(content: Content, partBytes: number): readonly Content[] {
  const count = Math.max(1, Math.ceil(content.sizeBytes / partBytes));
  return Array.from({ length: count }, (_, part) =>
    partOf(content, part * partBytes, Math.min(content.sizeBytes, (part + 1) * partBytes)),
  );
}

function digestOf(algorithm: ChecksumAlgorithm, content: Content): Buffer {
  const hasher = hashers[algorithm]();
  for (const piece of piecesOf(content)) hasher.update(piece);
  return hasher.digest();
}
