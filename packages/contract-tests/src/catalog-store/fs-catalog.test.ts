import { FsCatalog } from "@llama-orch/catalog-core";
import { describe, test } from "vitest";
import { catalogStoreContract } from "./catalog-store-contract.ts";

// Here and not beside FsCatalog: catalog-core cannot depend on a package that depends on it.
describe("FsCatalog", () => {
  catalogStoreContract({ test, factory: (cacheDir) => new FsCatalog(cacheDir) });
});
