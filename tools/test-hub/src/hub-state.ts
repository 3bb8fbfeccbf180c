import type { Caller } from "./access/caller.ts";
import type { UrlSigner } from "./cdn/signed-url.ts";
import type { ContentRequest } from "./http/content-answer.ts";
import type { Delivery } from "./repository/repository-spec.ts";
import type { StoredRepository } from "./repository/repository.ts";

/** What the routes of both servers work on. */
export interface HubState {
  /** By name. */
  readonly repositories: ReadonlyMap<string, StoredRepository>;
  readonly settings: HubSettings;
  readonly endpoint: string;
  readonly cdnOrigin: string;
  readonly urlSigner: UrlSigner;
}

export interface HubSettings {
  readonly delivery: Delivery;
  readonly treePageSize: number;
  readonly signedUrlLifetimeMs: number;
}

/** A request, as the routes see it. */
export interface HubCall extends ContentRequest {
  /** The parts of the path between its slashes, each decoded by itself: a revision or a path may have slashes of its own. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** As it was sent. */
  readonly pathAndQuery: string;
  readonly caller: Caller;
  /** Of a POST. */
  readonly body: string;
  /** Whether a fault wants the signed URLs of this answer to have expired already. */
  readonly expiredSignatures: boolean;
}
