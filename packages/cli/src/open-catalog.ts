import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { type DamageReport, FsCatalog } from "@llama-orch/catalog-core";
import { defaultCacheDir } from "@llama-orch/model-provisioner";
import type { Problem } from "./doctor/problem.ts";
import { usageError } from "./errors.ts";
import type { Session } from "./session.ts";

/**
 * The catalog that the options name. A record that cannot be read is a warning, and the rest goes on.
 * @param onDamaged is told of each such record, beside the warning.
 * @throws ModelError `CATALOG_DIR_INVALID`, `USAGE_INVALID`
 */
export function openCatalog(
  values: { readonly "cache-dir"?: string },
  { report }: Pick<Session, "report">,
  onDamaged: () => void = () => {},
): FsCatalog {
  return new FsCatalog(cacheDirOf(values), {
    onDamaged(damage) {
      onDamaged();
      const { text, hint } = damageProblem(damage);
      report.warn(text, hint);
    },
  });
}

/** A record that cannot be read, and what helps: one that a newer version wrote is not for `--repair` to move. */
export function damageProblem({ path, problem, hint }: DamageReport): Problem {
  return {
    text: `${path} is no readable record: ${problem}.`,
    hint: hint ?? "model-provisioner doctor --repair moves it aside; then ensure its model again.",
  };
}

/** @throws ModelError `USAGE_INVALID` */
export function cacheDirOf(values: { readonly "cache-dir"?: string }): string {
  const chosen = values["cache-dir"];
  if (chosen !== undefined) return resolve(chosen);
  const { MODEL_PROVISIONER_CACHE = "", XDG_CACHE_HOME = "" } = process.env;
  // Below a home that is no absolute path, every working folder would have a cache of its own.
  if (MODEL_PROVISIONER_CACHE === "" && !isAbsolute(XDG_CACHE_HOME) && !isAbsolute(homedir())) throw noHome();
  return defaultCacheDir();
}

function noHome(): Error {
  return usageError(
    `There is no place for the cache: HOME is ${JSON.stringify(homedir())}, and no absolute path.`,
    "Set HOME to your home folder, or choose a cache with --cache-dir.",
  );
}
