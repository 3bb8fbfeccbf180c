import { type Arrival, publishArtifact, withdrawArtifact } from "@llama-orch/artifact-store";
import type { FetchPlan } from "@llama-orch/catalog-core";
import type { Place } from "./candidate.ts";
import { withRoom } from "./room.ts";

/** What has arrived, by which plan, and how many bytes of it had to be brought. */
export interface Publishing extends Arrival {
  readonly plan: FetchPlan;
  readonly stagedBytes: number;
}

/** The one time that an arrival is made visible, however many calls accept it. */
export class Publication {
  readonly #publishing: Publishing;
  #place: Place | undefined;
  #withdrawn: { readonly reason: unknown } | undefined;

  constructor(publishing: Publishing) {
    this.#publishing = publishing;
  }

  /** Where it is visible; undefined while it is not. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** @throws ModelError of `publishArtifact`; what it was withdrawn for */
  async publish(): Promise<Place> {
    if (this.#withdrawn !== undefined) throw this.#withdrawn.reason;
    const { plan, stagedBytes, ...arrival } = this.#publishing;
    try {
      return (this.#place ??= { location: "managed", stagedBytes, ...(await publishArtifact(arrival)) });
    } catch (error) {
      throw await withRoom(error, arrival.cacheDir, plan);
    }
  }

  /**
   * Takes it back, with whatever lies under the id: to be called by the holder of the model's lock, when the catalog names
   * nothing of it. Nothing is left to be published after that.
   */
  async withdraw(reason: unknown, isStillUnnamed: () => Promise<boolean>): Promise<void> {
    if (this.#place === undefined) return;
    if (!(await withdrawArtifact(this.#publishing, this.#place, isStillUnnamed))) return;
    this.#withdrawn = { reason };
    this.#place = undefined;
  }
}
