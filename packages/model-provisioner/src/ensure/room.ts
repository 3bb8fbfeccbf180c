import { type OpenIngest, type PresentFile, promisedBytes } from "@llama-orch/artifact-store";
import { assertSpace, type FetchPlan, fileError, freeSpace, isModelError } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { knownBytes } from "./progress.ts";
import type { TurnSurroundings } from "./surroundings.ts";

export interface Demand {
  readonly plan: FetchPlan;
  readonly ingest: OpenIngest;
  /** What need not be fetched. */
  readonly taken: readonly PresentFile[];
}

/**
 * That what is to be fetched fits on the disk, with what others have begun to bring. Said first and counted then, so that
 * two who come at once cannot both overlook the other.
 * @throws ModelError `FILE_NO_SPACE`
 */
export async function assertRoom(call: Call, { plan, ingest, taken }: Demand, around: TurnSurroundings): Promise<void> {
  const { cacheDir } = around.catalog;
  const present = new Set(taken.map(({ path }) => path));
  const missing = plan.files.filter(({ path }) => !present.has(path));
  const neededBytes = Math.max(0, knownBytes({ ...plan, files: missing }) - ingest.leftBytes);
  const sinceMs = await around.turn.promise(neededBytes);
  if (plan.mayShareBlocks === true || neededBytes === 0) return;
  await assertSpace(cacheDir, { neededBytes, promisedBytes: await promisedBytes(cacheDir, call.id, sinceMs) });
}

/** An error that says that there is no room, with the figures, where whoever met it had none. Any other comes back as it is. */
export async function withRoom(error: unknown, cacheDir: string, plan: FetchPlan): Promise<unknown> {
  if (!isModelError(error, "FILE_NO_SPACE") || error.facts["neededBytes"] !== undefined) return error;
  const freeBytes = await freeSpace(cacheDir);
  const neededBytes = knownBytes(plan);
  const facts = { ...error.facts, neededBytes, ...(freeBytes !== undefined && { freeBytes }) };
  const message = `${error.message} The model needs ${neededBytes} bytes, and ${freeBytes ?? "an unknown number"} are free.`;
  return fileError("FILE_NO_SPACE", { message, hint: error.hint, facts, cause: error });
}
