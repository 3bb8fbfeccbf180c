import type { CatalogStore } from "@llama-orch/catalog-core";
import type { RegisterTest } from "../kit/register-test.ts";
import { concurrencyCases } from "./concurrency-cases.ts";
import { keptApartCases, multiInstanceCases, persistenceCases, volatileCases } from "./instance-cases.ts";
import { invalidEntryCases } from "./invalid-entry-cases.ts";
import { listCases } from "./list-cases.ts";
import { recordCases } from "./record-cases.ts";
import { stateCases } from "./state-cases.ts";
import { withStorePlace } from "./store-place.ts";

export interface CatalogStoreContractOptions {
  /** Registers one test with your runner. */
  readonly test: RegisterTest;
  /**
   * A store on this folder, which is empty at the first call of a test; called again with the same folder, a further
   * instance on the same records. The folder is removed after the test.
   */
  factory(cacheDir: string): CatalogStore | Promise<CatalogStore>;
  /** Frees what an instance holds, connections for example. */
  teardown?(store: CatalogStore): Promise<void> | void;
  readonly supports?: CatalogStoreSupports;
}

/** What a store can do beyond what every store must. All are on unless declared absent; what is declared absent is proved absent. */
export interface CatalogStoreSupports {
  /**
   * Records outlive the instance that wrote them.
   * Declared absent: a later instance on the same folder starts empty.
   * @default true
   */
  readonly persistent?: boolean;
  /**
   * Instances on one folder may be open at once: each sees what the others have written, and none loses a write.
   * Declared absent: a second instance is refused, or sees nothing of the first and does it no harm.
   * @default the value of `persistent`
   */
  readonly multiInstance?: boolean;
}

/** Registers the tests that every `CatalogStore` must pass. */
export function catalogStoreContract(options: CatalogStoreContractOptions): void {
  const persistent = options.supports?.persistent ?? true;
  const multiInstance = options.supports?.multiInstance ?? persistent;
  const cases = {
    ...recordCases,
    ...stateCases,
    ...listCases,
    ...concurrencyCases,
    ...invalidEntryCases,
    ...(persistent ? persistenceCases : volatileCases),
    ...(multiInstance ? multiInstanceCases : keptApartCases),
  };
  for (const [name, run] of Object.entries(cases)) {
    options.test(`CatalogStore: ${name}`, () => withStorePlace(options, run));
  }
}
