import type { FetchPlan } from "@llama-orch/catalog-core";
import type { S3Object } from "../bucket/s3-object.ts";

/** An object of a model, and what of it is still to be asked. */
export interface PlannedObject extends S3Object {
  /** S3 keeps a checksum of it, which a list does not tell. */
  readonly hasUntoldChecksum?: boolean;
}

/** What a reference names, at the versions that are there now. */
export interface PlannedModel {
  readonly plan: FetchPlan;
  readonly bucket: string;
  /** By the plan's paths. */
  readonly objects: ReadonlyMap<string, PlannedObject>;
}
