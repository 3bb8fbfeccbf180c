import { join } from "node:path";
import { collectGarbage } from "@llama-orch/artifact-store";
import { FsCatalog, isModelError, modelId, parseModelRef } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers } from "../../compose/compose-fetchers.ts";
import { removeModel } from "../../maintain/remove-model.ts";
import { verifyModel } from "../../maintain/verify-model.ts";
import { ModelProvisioner } from "../../provisioner.ts";
import type { EnsureOperation, Order, Outcome } from "./operations.ts";
import { sourceFetcher } from "./source-fetcher.ts";
import { localNames, type SourceName } from "./sources.ts";

/** Does one operation with a cache, as one process of many. */
export async function perform(order: Order): Promise<Outcome> {
  try {
    return await outcomeOf(order);
  } catch (error) {
    const text = error instanceof Error ? `${error.stack}\ncaused by ${String(error.cause)}` : String(error);
    return { came: "error", code: isModelError(error) ? error.code : "UNEXPECTED", text };
  }
}

async function outcomeOf(order: Order): Promise<Outcome> {
  const { operation, cacheDir, sources } = order;
  const catalog = new FsCatalog(cacheDir);
  if (operation.do === "ensure") return ensure(operation, catalog, order);
  if (operation.do === "collect") {
    const { maxSizeBytes } = operation;
    const limit = maxSizeBytes === undefined ? {} : { maxSizeBytes };
    const { freedBytes, keptBytes, overBytes, skipped } = await collectGarbage(catalog, { graceMs: 0, ...limit });
    const texts = skipped.map(({ path, reason }) => `${reason} ${path}`);
    return { came: "collected", freedBytes, keptBytes, overBytes, skipped: texts };
  }
  const id = idOf(operation.name, sources);
  if (operation.do === "remove") {
    const removed = await removeModel(catalog, id);
    return removed === undefined ? { came: "absent" } : { came: "removed", freedBytes: removed.freedBytes };
  }
  const entry = await catalog.get(id);
  if (entry === undefined) return { came: "absent" };
  if (operation.do === "retire") {
    await catalog.setState(id, "Retired");
    return { came: "retired" };
  }
  const { outcome, movedTo } = await verifyModel(catalog, entry, { repair: operation.repair });
  return { came: "verified", found: outcome, ...(movedTo !== undefined && { movedTo }) };
}

async function ensure(operation: EnsureOperation, catalog: FsCatalog, { sources, state }: Order): Promise<Outcome> {
  const { name, expected, onMismatch, durability, refresh, verify } = operation;
  const stage = name === "copied" ? "copy" : "in-place";
  const fetcher = composeFetchers(
    sourceFetcher(() => state),
    fileFetcher({ stage }),
  );
  const provisioner = new ModelProvisioner(catalog, fetcher);
  const options = { onMismatch, durability, refresh, verify };
  const { localPath, report } = await provisioner.ensurePresentStr(referenceTo(name, sources), expected, options);
  return { came: "ensured", localPath, report };
}

function referenceTo(name: SourceName, sources: string): `file:${string}` | `src:${string}` {
  return localNames.includes(name) ? `file:${join(sources, `${name}.gguf`)}` : `src:${name}`;
}

/** @param sources where the local sources lie. */
export function idOf(name: SourceName, sources: string): string {
  return modelId(parseModelRef(referenceTo(name, sources)));
}
