import {
  type ChecksumAlgorithm,
  CreateBucketCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { RealS3 } from "./start-real-s3.ts";

/** What a client must know of a server. */
export type S3Server = Pick<RealS3, "endpoint" | "region" | "credentials">;

export interface SeedObject {
  readonly key: string;
  readonly body: Uint8Array | string;
  /** @default "CRC64NVME" */
  readonly checksum?: ChecksumAlgorithm;
  /** Uploads it in parts of so many bytes: at least 5 MiB, but for the last one. A SHA-256 is composite then. @default in one */
  readonly partBytes?: number;
}

export interface SeededObject {
  readonly key: string;
  readonly etag: string;
  /** `undefined` without versions. */
  readonly versionId: string | undefined;
}

export interface SeedOptions {
  /** @default false */
  readonly versioned?: boolean;
  /** Whether anybody may get and list. @default false */
  readonly public?: boolean;
}

/** The client of AWS, by paths. */
export function clientOf({ endpoint, region, credentials }: S3Server, config: S3ClientConfig = {}): S3Client {
  return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1, ...config });
}

/** Makes a bucket, and puts objects into it, one after the other: of one key, they are its versions. */
export async function seed(
  server: S3Server,
  bucket: string,
  objects: readonly SeedObject[],
  options: SeedOptions = {},
): Promise<readonly SeededObject[]> {
  using client = disposable(clientOf(server));
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  if (options.versioned === true) {
    const versioning = { Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } } as const;
    await client.send(new PutBucketVersioningCommand(versioning));
  }
  if (options.public === true) {
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(publicPolicy(bucket)) }));
  }
  const seeded: SeededObject[] = [];
  for (const object of objects) seeded.push(await put(client, bucket, object));
  return seeded;
}

async function put(client: S3Client, bucket: string, object: SeedObject): Promise<SeededObject> {
  const { key, body, checksum = "CRC64NVME", partBytes } = object;
  const params = { Bucket: bucket, Key: key, Body: body, ChecksumAlgorithm: checksum };
  const { ETag: etag = "", VersionId: versionId } =
    partBytes === undefined
      ? await client.send(new PutObjectCommand(params))
      : await new Upload({ client, params, partSize: partBytes, queueSize: 1 }).done();
  return { key, etag, versionId };
}

function publicPolicy(bucket: string): object {
  const statement = (action: string, resource: string): object => ({
    Effect: "Allow",
    Principal: "*",
    Action: action,
    Resource: `arn:aws:s3:::${resource}`,
  });
  return {
    Version: "2012-10-17",
    Statement: [statement("s3:GetObject", `${bucket}/*`), statement("s3:ListBucket", bucket)],
  };
}

function disposable(client: S3Client): S3Client & Disposable {
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}
