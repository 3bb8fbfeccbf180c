import { type ModelRef, isModelError } from "@llama-orch/catalog-core";
import type { Bucket } from "../bucket/bucket.ts";
import { hasObjects } from "../bucket/list-objects.ts";
import { digestOf, type S3Object } from "../bucket/s3-object.ts";
import { statObject } from "../bucket/stat-object.ts";
import { s3Error } from "../errors.ts";
import type { S3Location } from "../reference/s3-location.ts";
import { assertPortable } from "./portable-paths.ts";
import type { PlannedModel } from "./planned-model.ts";
import { revisionOfObject } from "./revision.ts";

type ObjectLocation = Extract<S3Location, { readonly kind: "object" }>;

/** One object, which is a file of its last name. */
export async function planObject(ref: ModelRef, location: ObjectLocation, bucket: Bucket): Promise<PlannedModel> {
  const { key, versionId } = location;
  const path = key.slice(key.lastIndexOf("/") + 1);
  assertPortable([path]);
  const object = await statObject(bucket, { key, versionId }).catch(async (error: unknown) => {
    throw await withPrefixHint(error, location, bucket);
  });
  const revision = revisionOfObject(object);
  const validators = validatorsOf(object);
  const digest = digestOf(object);
  return {
    bucket: bucket.name,
    objects: new Map([[path, { ...object, ...(versionId !== undefined && { versionId }) }]]),
    plan: {
      ref,
      source: bucket.url(key).href,
      location: "managed",
      kind: "file",
      ...(revision !== undefined && { revision }),
      ...(Object.keys(validators).length > 0 && { validators }),
      files: [{ path, sizeBytes: object.sizeBytes, ...(digest !== undefined && { digest }) }],
    },
  };
}

function validatorsOf({ etag, versionId, lastModified }: S3Object): Readonly<Record<string, string>> {
  return {
    ...(etag !== undefined && { etag }),
    ...(versionId !== undefined && { versionId }),
    ...(lastModified !== undefined && { lastModified }),
  };
}

/** What is no object may be a folder that was named without its slash. */
async function withPrefixHint(error: unknown, { key, versionId }: ObjectLocation, bucket: Bucket): Promise<unknown> {
  if (!isModelError(error, "S3_KEY_NOT_FOUND") || versionId !== undefined) return error;
  const isPrefix = await hasObjects(bucket, `${key}/`).catch(() => false);
  bucket.context.signal.throwIfAborted();
  if (!isPrefix) return error;
  return s3Error("S3_KEY_NOT_FOUND", {
    message: error.message,
    hint: `There are objects below it: append a slash to fetch them all as a directory, s3://${bucket.name}/${key}/.`,
    facts: error.facts,
    cause: error,
  });
}
