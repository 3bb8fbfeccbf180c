import type { ModelRef } from "@llama-orch/catalog-core";
import type { Bucket } from "../bucket/bucket.ts";
import type { S3Location } from "../reference/s3-location.ts";
import { planObject } from "./plan-object.ts";
import { planPrefix } from "./plan-prefix.ts";
import type { PlannedModel } from "./planned-model.ts";

/**
 * Asks what a reference names now.
 * @throws ModelError of `S3ErrorCode`
 */
export async function planModel(ref: ModelRef, location: S3Location, bucket: Bucket): Promise<PlannedModel> {
  return location.kind === "object" ? planObject(ref, location, bucket) : planPrefix(ref, location.prefix, bucket);
}
