import { FsCatalog } from "@llama-orch/catalog-core";
import { type ProvisionerOptions, parseProvisionerOptions } from "./provisioner-options.ts";

/** The catalog of a cache folder, which tells the provisioner's logger of records that it cannot read. */
export function openCatalog(cacheDir: string, options: ProvisionerOptions): FsCatalog {
  const { logger } = parseProvisionerOptions(options);
  return new FsCatalog(cacheDir, {
    onDamaged: ({ path, problem }) => logger.warn(`a record of the catalog cannot be read: ${problem}`, { path }),
  });
}
