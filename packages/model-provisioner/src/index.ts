export { createProvisioner, type CreateProvisionerOptions } from "./create-provisioner.ts";
export { type EnsurePlan, ModelProvisioner } from "./provisioner.ts";
export { type PlanDemand } from "./ensure/demand.ts";
export { type Durability } from "@llama-orch/artifact-store";
export { type EnsureOptions, isCorrelationId, type ProvisionerOptions } from "./options/provisioner-options.ts";
export { type CacheDirContext, defaultCacheDir } from "./options/default-cache-dir.ts";

export { composeFetchers, type DistinctSchemes } from "./compose/compose-fetchers.ts";
export { fallback } from "./compose/fallback.ts";
export { type SchemeOfText, type ServedReference } from "./compose/served-reference.ts";

export { type DescribedPath, describePath, type DescribePathOptions } from "./maintain/describe-path.ts";
export {
  type CacheUsage,
  collectGarbage,
  type GarbageItem,
  type GarbageKind,
  type GarbageOptions,
  type GarbageReport,
  measureUsage,
  type ModelUsage,
  type SkippedGarbage,
  type UsageOptions,
  type UsageTotals,
} from "@llama-orch/artifact-store";
export { type RemovedModel, removeModel } from "./maintain/remove-model.ts";
export { type VerifiedModel, verifyModel, type VerifyModelOptions } from "./maintain/verify-model.ts";

export { type ProvisionerErrorCode } from "./errors.ts";
export type {
  EnsureReport,
  MismatchPolicy,
  ProvisionEvent,
  ResolvedModel,
  VerificationReport,
} from "@llama-orch/catalog-core";
