import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  type ModelFetcher,
  type ModelRef,
  schemeOf,
} from "@llama-orch/catalog-core";
import { noFetcher } from "./no-fetcher.ts";

/** Hands every reference to the member that serves its scheme. What belongs to a scheme, as `normalize`, is the member's. */
export class RoutingFetcher<S extends string> implements ModelFetcher<S> {
  readonly name: string;
  /** Its members have versions; it is none of its own. */
  readonly version: string = "";
  readonly schemes: readonly S[];
  readonly network: boolean;
  readonly #members: ReadonlyMap<string, ModelFetcher>;

  constructor(name: string, members: ReadonlyMap<S, ModelFetcher>) {
    this.name = name;
    this.schemes = Object.freeze([...members.keys()]);
    this.network = [...members.values()].some(({ network }) => network);
    this.#members = members;
  }

  member(scheme: string): ModelFetcher | undefined {
    return this.#members.get(scheme);
  }

  async plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan> {
    return this.#serving(ref).plan(ref, context);
  }

  async fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact> {
    return this.#serving(plan.ref).fetch(plan, ingest, context);
  }

  #serving(ref: ModelRef): ModelFetcher {
    const scheme = schemeOf(ref);
    const fetcher = this.member(scheme);
    if (fetcher === undefined) throw noFetcher(scheme, this.schemes);
    return fetcher;
  }
}

/** Who really serves a scheme: a composite names its member, which may be a composite again. */
export function memberFor(fetcher: ModelFetcher, scheme: string): ModelFetcher {
  const member = fetcher.member?.(scheme);
  return member === undefined || member === fetcher ? fetcher : memberFor(member, scheme);
}
