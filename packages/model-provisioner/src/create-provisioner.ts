import { type FsCatalog, type ModelFetcher, type SchemesOf } from "@llama-orch/catalog-core";
import { composeChecked, type DistinctSchemes } from "./compose/compose-fetchers.ts";
import { openCatalog } from "./options/open-catalog.ts";
import type { ProvisionerOptions } from "./options/provisioner-options.ts";
import { ModelProvisioner } from "./provisioner.ts";

export interface CreateProvisionerOptions<Fetchers extends readonly ModelFetcher[]> extends ProvisionerOptions {
  /** Absolute path of the cache root; `defaultCacheDir()` is the one that this machine's users share. */
  readonly cacheDir: string;
  /** What can be brought, and how. No two may serve the same scheme, unless joined by `fallback`. */
  readonly fetchers: Fetchers & DistinctSchemes<Fetchers>;
}

/**
 * A provisioner with its catalog in `cacheDir` and the fetchers that its user chose.
 *
 * @example
 * const provisioner = createProvisioner({ cacheDir: defaultCacheDir(), fetchers: [fileFetcher()] });
 * const { localPath } = await provisioner.ensurePresentStr("file:/models/llama.gguf");
 * @throws ModelError `FETCHER_SCHEME_TWICE`, `FETCHER_SCHEME_INVALID`, `OPTION_INVALID`, `CATALOG_DIR_INVALID`
 */
export function createProvisioner<const Fetchers extends readonly ModelFetcher[]>(
  options: CreateProvisionerOptions<Fetchers>,
): ModelProvisioner<FsCatalog, ModelFetcher<SchemesOf<Fetchers[number]>>> {
  const { cacheDir, fetchers, ...rest } = options;
  const members: readonly ModelFetcher[] = fetchers;
  return new ModelProvisioner(openCatalog(cacheDir, rest), composeChecked(members), rest);
}
