export { type CatalogErrorCode } from "./errors/catalog-errors.ts";
export { fileError, type FileErrorCode, fileErrorFrom, systemCode } from "./errors/file-errors.ts";
export {
  type ErrorCategory,
  type ErrorFactory,
  errorFactory,
  type ErrorFacts,
  isModelError,
  ModelError,
  type ModelErrorInit,
} from "./errors/model-error.ts";

export {
  type Digest,
  type DigestAlgorithm,
  type DigestText,
  formatDigest,
  isSameDigest,
  parseDigest,
} from "./digest/digest.ts";
export { type DigestVerdict, verifyDigest } from "./digest/verify-digest.ts";
export { directoryDigest, directoryListing } from "./digest/directory-digest.ts";

export {
  type FileRef,
  type HfRef,
  type HfSelection,
  type ModelRef,
  type OtherRef,
  schemeOf,
  type UrlRef,
} from "./model-ref/model-ref.ts";
export { assertModelRef } from "./model-ref/assert-model-ref.ts";
export { modelId } from "./model-ref/model-id.ts";
export { withNormalizedLocator } from "./model-ref/normalized-locator.ts";
export { parseModelRef } from "./model-ref/parse-model-ref.ts";
export type { PathContext } from "./model-ref/path-text.ts";
export { requestLocator, requestUrl } from "./model-ref/request-text.ts";

export type {
  CatalogEntry,
  DigestCheck,
  Drift,
  FileRecord,
  FileStat,
  Lifecycle,
  Provenance,
  Trust,
} from "./catalog/catalog-entry.ts";
export type { CatalogStore } from "./catalog/catalog-store.ts";
export { type DamageReport, FsCatalog, type FsCatalogOptions } from "./catalog/fs-catalog.ts";
export { importIndex, type ImportOptions, type ImportReport, type ModelDescription } from "./catalog/import-index.ts";
export { makeDurableFolder, makeFolder, syncFolder } from "./catalog/durable-folder.ts";
export { entryPath, exists, locate } from "./catalog/lookup.ts";
export { type RepairReport } from "./catalog/repair.ts";

export { bootId } from "./machine/boot-id.ts";
export { assertSpace, freeSpace, type SpaceNeed } from "./machine/free-space.ts";

export type { FetchPlan, PlannedFile } from "./fetcher/fetch-plan.ts";
export type { Ingest, IngestTarget } from "./fetcher/ingest.ts";
export { findUnportable, type UnportablePaths } from "./fetcher/unportable-paths.ts";
export { type Logger, silentLogger } from "./fetcher/logger.ts";
export type {
  FetchContext,
  FetchedArtifact,
  FetchedFile,
  FetchProgress,
  ModelFetcher,
  SchemesOf,
} from "./fetcher/model-fetcher.ts";

export type { ResolvedModel } from "./events/resolved-model.ts";
export type {
  EnsureReport,
  EventBody,
  EventHead,
  MismatchPolicy,
  ProvisionEvent,
  VerificationReport,
} from "./events/provision-event.ts";

export { registerSecretsFromEnvironment } from "./redact/environment-secrets.ts";
export { redactText } from "./redact/redact.ts";
export { redactCause, redactValue } from "./redact/redact-value.ts";
export { registerSecret } from "./redact/registered-secrets.ts";
