export { type TokenSpec } from "./access/caller.ts";
export { generatedChunks, generatedSha256 } from "./content/generated-digest.ts";
export { type GeneratedSpec } from "./content/generated-content.ts";
export { type Fault, type FaultEffect, type FaultTarget, rateLimited } from "./faults/fault.ts";
export { type InjectedFault } from "./faults/fault-board.ts";
export { type HubRequest } from "./hub-request.ts";
export { type FileChanges, type FileSpec, type RepositorySpec } from "./repository/repository-spec.ts";
export { type HubRepository } from "./repository/repository.ts";
export { startTestHub, type TestHub, type TestHubOptions } from "./test-hub.ts";
