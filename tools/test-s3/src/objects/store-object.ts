import { createHash, hash, randomBytes } from "node:crypto";
import { type Content, piecesOf } from "../../../fault-server/src/content/content.ts";
import { etagOf, fileContent } from "../../../fault-server/src/content/file-content.ts";
import type { ContentSpec } from "../../../fault-server/src/index.ts";
import { type ChecksumAlgorithm, checksumOf, compositeChecksumOf, partsOf } from "../checksums/checksum.ts";
import type { ObjectContent, ObjectOptions } from "./object-options.ts";
import type { StoredBucket, StoredObject } from "./stored.ts";

/** Puts an object where the newest one of its key is: on top of it where there are versions, else in its place. */
export function storeObject(
  bucket: StoredBucket,
  key: string,
  given: ObjectContent,
  { now, ...options }: ObjectOptions & { readonly now: number },
): StoredObject {
  const { multipart, storageClass = "STANDARD", contentType = "binary/octet-stream" } = options;
  const spec = typeof given === "string" ? Buffer.from(given) : given;
  const content = fileContent(spec);
  const parts = multipart === undefined ? [content] : partsOf(content, multipart.partBytes);
  const lastModified = options.lastModified ?? new Date(now - (now % 1000));
  const etag = options.etag === undefined ? defaultEtag(spec, multipart && parts) : options.etag;
  const object: StoredObject = {
    type: "object",
    versionId: bucket.versioned ? newVersionId() : undefined,
    lastModified,
    file: { content: spec, etag, lastModified, contentType, ...(options.headers && { headers: options.headers }) },
    content,
    parts,
    multipart: multipart !== undefined,
    ...checksumsOf(content, parts, options),
    storageClass,
    archived: (storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE") && options.restored !== true,
    customerKey: options.customerKey ?? false,
    public: options.public ?? false,
  };
  const versions = bucket.objects.get(key) ?? [];
  bucket.objects.set(key, bucket.versioned ? [...versions, object] : [object]);
  return object;
}

/** Puts a delete marker on top, or removes the version that is named; without versions, the object. */
export function deleteObject(
  bucket: StoredBucket,
  key: string,
  { versionId, now }: { readonly versionId?: string; readonly now: number },
): { readonly versionId?: string } {
  const versions = bucket.objects.get(key) ?? [];
  if (!bucket.versioned || versionId !== undefined) {
    const left = bucket.versioned ? versions.filter((version) => version.versionId !== versionId) : [];
    if (left.length === 0) bucket.objects.delete(key);
    else bucket.objects.set(key, left);
    return {};
  }
  const marker = { type: "delete-marker", versionId: newVersionId(), lastModified: new Date(now) } as const;
  bucket.objects.set(key, [...versions, marker]);
  return { versionId: marker.versionId };
}

/** Of 32 letters and digits, like those of S3. */
function newVersionId(): string {
  return randomBytes(24).toString("base64url").replaceAll(/[-_]/g, "x");
}

/** To hash what is generated takes long: its ETag is made from its specification, and is no MD5. Those of SSE-KMS are none either. */
function defaultEtag(spec: ContentSpec, parts: readonly Content[] | undefined): string {
  if (!(spec instanceof Uint8Array)) return parts ? etagOf(spec).replace(/"$/, `-${parts.length}"`) : etagOf(spec);
  if (parts === undefined) return `"${hash("md5", spec)}"`;
  const whole = createHash("md5");
  for (const part of parts) {
    const md5 = createHash("md5");
    for (const piece of piecesOf(part)) md5.update(piece);
    whole.update(md5.digest());
  }
  return `"${whole.digest("hex")}-${parts.length}"`;
}

function checksumsOf(
  content: Content,
  parts: readonly Content[],
  { checksums = ["crc64nvme"], checksumType, multipart }: ObjectOptions,
): Pick<StoredObject, "checksumAlgorithms" | "checksumType" | "checksum"> {
  const told = new Map<ChecksumAlgorithm, string>();
  const checksumAlgorithms = isList(checksums) ? checksums : algorithms.filter((name) => name in checksums);
  if (!isList(checksums)) for (const name of algorithms) told.set(name, checksums[name] ?? "");
  const type =
    checksumType ?? (multipart === undefined || checksumAlgorithms.includes("crc64nvme") ? "FULL_OBJECT" : "COMPOSITE");
  return {
    checksumAlgorithms,
    checksumType: type,
    checksum(algorithm) {
      const known = told.get(algorithm);
      if (known !== undefined) return known;
      const computed = type === "COMPOSITE" ? compositeChecksumOf(algorithm, parts) : checksumOf(algorithm, content);
      told.set(algorithm, computed);
      return computed;
    },
  };
}

const algorithms = ["sha256", "sha1", "crc32", "crc32c", "crc64nvme"] as const;

function isList(checksums: NonNullable<ObjectOptions["checksums"]>): checksums is readonly ChecksumAlgorithm[] {
  return Array.isArray(checksums);
}
