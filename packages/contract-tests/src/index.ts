export {
  catalogStoreContract,
  type CatalogStoreContractOptions,
  type CatalogStoreSupports,
} from "./catalog-store/catalog-store-contract.ts";

export { modelFetcherContract, type ModelFetcherContractOptions } from "./model-fetcher/model-fetcher-contract.ts";
export type { ModelFetcherSupports } from "./model-fetcher/fetcher-supports.ts";
export type {
  ChangeCase,
  FailingCase,
  FetcherCases,
  FetcherSetup,
  ModelCase,
  SecretCase,
  SlowCase,
} from "./model-fetcher/fetcher-setup.ts";

export { fetchContext } from "./kit/fetch-context.ts";
export type { RegisterTest } from "./kit/register-test.ts";
export { sampleDirectoryEntry, sampleEntry } from "./kit/sample-entry.ts";
export { tempIngest, type TempIngest } from "./kit/temp-ingest.ts";

export { MemoryCatalog } from "./memory/memory-catalog.ts";
export type { MemoryErrorCode } from "./memory/memory-errors.ts";
export { memoryFetcher, type MemoryFetcher, type MemoryFetcherOptions, memoryRef } from "./memory/memory-fetcher.ts";
export type { MemoryModel } from "./memory/memory-model.ts";
