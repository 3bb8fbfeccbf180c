import type { FileSpec } from "../../../fault-server/src/file-spec.ts";
import type { Content } from "../../../fault-server/src/content/content.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../checksums/checksum.ts";
import type { BucketOptions } from "./object-options.ts";

export interface StoredBucket extends Required<BucketOptions> {
  readonly name: string;
  /** By key; the newest version last. */
  readonly objects: Map<string, StoredVersion[]>;
}

export type StoredVersion = StoredObject | DeleteMarker;

export interface DeleteMarker {
  readonly type: "delete-marker";
  readonly versionId: string;
  readonly lastModified: Date;
}

export interface StoredObject {
  readonly type: "object";
  /** `undefined` in a bucket without versions. */
  readonly versionId: string | undefined;
  readonly lastModified: Date;
  readonly file: FileSpec & { readonly etag: string | null };
  readonly content: Content;
  /** One for what was not uploaded in parts. */
  readonly parts: readonly Content[];
  readonly multipart: boolean;
  readonly checksumAlgorithms: readonly ChecksumAlgorithm[];
  readonly checksumType: ChecksumType;
  checksum(algorithm: ChecksumAlgorithm): string;
  readonly storageClass: string;
  readonly archived: boolean;
  readonly customerKey: boolean;
  readonly public: boolean;
}

/** What a request without a version is about. */
export function newestOf(bucket: StoredBucket, key: string): StoredVersion | undefined {
  return bucket.objects.get(key)?.at(-1);
}
