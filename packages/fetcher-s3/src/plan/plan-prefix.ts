import { isModelError, type ModelRef } from "@llama-orch/catalog-core";
import { bringFiles } from "@llama-orch/transfer";
import type { Bucket } from "../bucket/bucket.ts";
import type { ListedObject } from "../bucket/documents.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { digestOf, strongEtag } from "../bucket/s3-object.ts";
import { statObject } from "../bucket/stat-object.ts";
import { s3Error } from "../errors.ts";
import { assertPortable } from "./portable-paths.ts";
import type { PlannedModel, PlannedObject } from "./planned-model.ts";
import { revisionOfList } from "./revision.ts";

/** Of lists, while objects are replaced. */
const maxLists = 5;

/** All objects below a prefix, as one directory. */
export async function planPrefix(ref: ModelRef, prefix: string, bucket: Bucket): Promise<PlannedModel> {
  for (let lists = 1; ; lists += 1) {
    try {
      return await planList(ref, prefix, bucket);
    } catch (error) {
      // One was replaced after it was listed.
      if (!isModelError(error, "S3_SOURCE_CHANGED") || lists === maxLists) throw error;
    }
  }
}

async function planList(ref: ModelRef, prefix: string, bucket: Bucket): Promise<PlannedModel> {
  const listed = await listObjects(bucket, prefix);
  if (listed.length === 0) throw nothingBelow(bucket.name, prefix);
  const objects = new Map(
    listed.map((object): [string, PlannedObject] => [object.key.slice(prefix.length), plannedObject(object)]),
  );
  assertPortable([...objects.keys()]);
  await addDigests(objects, listed.filter(mayHaveDigest), { bucket, prefix });
  return {
    bucket: bucket.name,
    objects,
    plan: {
      ref,
      source: bucket.url(prefix).href,
      location: "managed",
      kind: "directory",
      revision: revisionOfList([...objects.values()]),
      files: [...objects].map(([path, object]) => {
        const digest = digestOf(object);
        return { path, sizeBytes: object.sizeBytes, ...(digest !== undefined && { digest }) };
      }),
    },
  };
}

function plannedObject({ key, sizeBytes, etag: listed, algorithms, checksumType }: ListedObject): PlannedObject {
  const etag = strongEtag(listed);
  const hasUntoldChecksum = algorithms.length > 0 && checksumType !== "COMPOSITE";
  return { key, sizeBytes, ...(etag !== undefined && { etag }), ...(hasUntoldChecksum && { hasUntoldChecksum }) };
}

function mayHaveDigest({ algorithms, checksumType }: ListedObject): boolean {
  return algorithms.includes("SHA256") && checksumType !== "COMPOSITE";
}

/** A list names algorithms, and no values. A sha256 is asked for before anything is fetched: what is here already need not be. */
async function addDigests(
  objects: Map<string, PlannedObject>,
  listed: readonly ListedObject[],
  { bucket, prefix }: { readonly bucket: Bucket; readonly prefix: string },
): Promise<void> {
  const wanted = listed.map((object) => ({ ...plannedObject(object), path: object.key.slice(prefix.length) }));
  await bringFiles(wanted, {
    present: new Set(),
    signal: bucket.context.signal,
    async bring({ path, ...about }, signal) {
      const object = await statObject(bucket, about, signal);
      objects.set(path, object);
      return { file: { path, sizeBytes: object.sizeBytes }, movedBytes: 0, reusedBytes: 0 };
    },
  });
}

function nothingBelow(bucket: string, prefix: string): Error {
  return s3Error("S3_KEY_NOT_FOUND", {
    message:
      prefix === ""
        ? `The bucket ${bucket} is empty.`
        : `The bucket ${bucket} has nothing below ${JSON.stringify(prefix)}.`,
    hint: `See what it has: aws s3 ls s3://${bucket}/. Upper and lower case count; a single object is named without a slash at the end.`,
    facts: { bucket, prefix },
  });
}
