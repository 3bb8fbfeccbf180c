export { artifactFile, type ArtifactLocation, artifactLocation, isSafeRelativePath } from "./artifact-files.ts";
export { checkPresence, type Presence, type RecordedFiles } from "./presence.ts";
export {
  type ArtifactDescription,
  describeArtifact,
  type DescribeOptions,
  type HashProgress,
} from "./describe-artifact.ts";

export {
  type IngestOptions,
  type OpenIngest,
  leftBytes,
  openIngest,
  type PresentFile,
  type WantedFile,
} from "./ingest/open-ingest.ts";
export { type WriteBehind, writeBehind } from "./ingest/write-behind.ts";
export { type Durability } from "./durability.ts";
export { type Arrival, type PublishedArtifact, publishArtifact } from "./publish/publish.ts";
export { withdrawArtifact } from "./publish/withdraw.ts";
export { keepContent } from "./publish/keep-content.ts";
export { settleUnsynced } from "./publish/settle-unsynced.ts";
export { distrustFile } from "./blobs/distrust.ts";
export { type HiddenModel, hideManaged } from "./hide-managed.ts";
export { setModelAside } from "./set-model-aside.ts";

export { type HolderNote, type SpacePromise } from "./locks/holder-note.ts";
export { type HolderProgress, type ModelLock, openModelLock } from "./locks/model-lock.ts";
export { promisedBytes } from "./locks/promised-bytes.ts";

export { collectGarbage, type GarbageOptions } from "./gc/collect-garbage.ts";
export type { GarbageItem, GarbageKind, GarbageReport, SkippedGarbage } from "./gc/garbage-report.ts";
export { type CacheUsage, measureUsage, type UsageOptions } from "./usage/measure-usage.ts";
export type { ModelUsage } from "./usage/measure-models.ts";
export type { UsageTotals } from "./usage/measure-totals.ts";
