import type { GeneratedSpec } from "../../../fault-server/src/index.ts";
import type { ChecksumAlgorithm, ChecksumType } from "../checksums/checksum.ts";

export type ObjectContent = Uint8Array | string | GeneratedSpec;

export interface ObjectOptions {
  /**
   * Those that are kept, computed when they are first asked for; or what is to be said instead, as it is.
   *
   * @default ["crc64nvme"], as S3 does by itself
   */
  readonly checksums?: readonly ChecksumAlgorithm[] | Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  /** @default "COMPOSITE" of a multipart object without CRC64NVME, else "FULL_OBJECT" */
  readonly checksumType?: ChecksumType;
  /** Uploaded in parts of so many bytes: its ETag ends in `-N`. */
  readonly multipart?: { readonly partBytes: number };
  /** With its quotes; `null` for none. @default as S3 makes it of bytes; of generated ones one that is no MD5 */
  readonly etag?: string | null;
  /** @default "STANDARD" */
  readonly storageClass?:
    | "STANDARD"
    | "STANDARD_IA"
    | "INTELLIGENT_TIERING"
    | "GLACIER_IR"
    | "GLACIER"
    | "DEEP_ARCHIVE";
  /** Whether an archived object can be had for now. @default false */
  readonly restored?: boolean;
  /** Encrypted with a key of the customer (SSE-C): without it the object cannot be had. @default false */
  readonly customerKey?: boolean;
  /** Whether anybody may get it. @default that of the bucket */
  readonly public?: boolean;
  /** @default "binary/octet-stream" */
  readonly contentType?: string;
  /** @default the server's now, to the second */
  readonly lastModified?: Date;
  /** More headers, or others. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface BucketOptions {
  /** @default the first one of the server */
  readonly region?: string;
  /** @default false */
  readonly versioned?: boolean;
  /** Whether anybody may get and list. @default false */
  readonly public?: boolean;
  /** @default false */
  readonly requesterPays?: boolean;
  /** Whether callers may list it; where they may not, what is not there is `AccessDenied`. @default true */
  readonly mayList?: boolean;
  /** What another region's endpoint says: 301 that names it, or 307 with a `Location` there. @default "permanent" */
  readonly redirect?: "permanent" | "temporary";
}
