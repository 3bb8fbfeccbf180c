export { artifactFile, type ArtifactLocation, artifactLocation, isSafeRelativePath } from "./artifact-files.ts";
export {
  type ArtifactDescription,
  describeArtifact,
  type DescribeOptions,
  type HashProgress,
} from "./describe-artifact.ts";
export { type OpenIngest, openIngest } from "./open-ingest.ts";
export { type HolderNote, type ModelLock, openModelLock } from "./locks/model-lock.ts";
export { checkPresence, type Presence } from "./presence.ts";
export { type Arrival, type PublishedArtifact, publishArtifact } from "./publish.ts";
export { type HiddenModel, hideManaged } from "./hide-managed.ts";
