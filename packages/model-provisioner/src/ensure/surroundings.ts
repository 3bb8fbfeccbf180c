import type { CatalogStore, EventBody, ModelFetcher } from "@llama-orch/catalog-core";
import type { Turn } from "./turn.ts";
import type { Settings } from "../options/provisioner-options.ts";

/** What the work for one model is done with. */
export interface Surroundings {
  readonly catalog: CatalogStore;
  /** The one that serves the reference. */
  readonly fetcher: ModelFetcher;
  readonly settings: Settings;
  /** Of the flight: aborts when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Tells every call that waits. */
  readonly emit: (body: EventBody) => void;
}

/** …in this process's turn. */
export interface TurnSurroundings extends Surroundings {
  readonly turn: Pick<Turn, "holdsLock" | "promise">;
}
