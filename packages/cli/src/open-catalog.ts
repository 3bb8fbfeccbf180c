import { resolve } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { defaultCacheDir } from "@llama-orch/model-provisioner";
import { damageText } from "./render/damage-text.ts";
import type { Session } from "./session.ts";

/**
 * The catalog that the options name. A record that cannot be read is a warning, and the rest goes on.
 * @throws ModelError `CATALOG_DIR_INVALID`
 */
export function openCatalog(values: { readonly "cache-dir"?: string }, { report }: Pick<Session, "report">): FsCatalog {
  return new FsCatalog(cacheDirOf(values), {
    onDamaged: ({ path, problem }) =>
      report.warn(
        damageText({ path, problem }),
        "Ensure the model again; model-provisioner doctor --repair moves the damaged record aside.",
      ),
  });
}

export function cacheDirOf(values: { readonly "cache-dir"?: string }): string {
  const chosen = values["cache-dir"];
  return chosen === undefined ? defaultCacheDir() : resolve(chosen);
}
