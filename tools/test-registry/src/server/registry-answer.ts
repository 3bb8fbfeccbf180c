import type { FaultEffect, ReceivedRequest } from "../../../fault-server/src/index.ts";
import { type AccessState, refusalOf } from "../auth/registry-access.ts";
import { sizeOf } from "../content/descriptor.ts";
import type { RegistryRequest } from "../registry-request.ts";
import type { SigningBlobStore } from "./blob-store.ts";
import { answerWith, type Decision, granted, refuse } from "./decide.ts";
import { documentAnswer, referrerList, tagList } from "./lists.ts";
import { manifestDecision } from "./manifest-answer.ts";
import { ociError } from "./oci-error.ts";
import { parsePath, plainPath, type Repository } from "./stores.ts";

export interface RegistryState {
  readonly access: AccessState;
  readonly repositories: ReadonlyMap<string, Repository>;
  /** Where blobs are, if not here. */
  readonly blobStore: SigningBlobStore | undefined;
  readonly strictAccept: boolean;
  readonly referrers: boolean;
  /** Whether a blob comes whole, whatever is asked for, until it has been sent once. */
  readonly pullThrough: boolean;
  readonly requests: readonly RegistryRequest[];
}

export function answerOfRegistry(state: RegistryState, request: ReceivedRequest): Decision {
  const asked = parsePath(request.path);
  if (asked === undefined) return refuse(ociError(404, { code: "UNSUPPORTED", message: "no such endpoint" }));
  const refusal = refusalOf(state.access, request, asked.type === "base" ? undefined : asked.name);
  if (refusal !== undefined) return refusal;
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(ociError(405, { code: "UNSUPPORTED", message: "this registry is filled by its test" }));
  }
  if (asked.type === "base") return documentAnswer({}, "application/json");
  const repository = state.repositories.get(asked.name);
  if (repository === undefined) {
    return refuse(ociError(404, { code: "NAME_UNKNOWN", message: "repository name not known to registry" }));
  }
  if (asked.type === "tags") return tagList(asked.name, repository);
  if (asked.type === "manifests") return manifestDecision(repository, asked.reference, request, state.strictAccept);
  if (asked.type === "blobs") return blobDecision(state, repository, asked.reference, request);
  if (state.referrers) return referrerList(repository, asked.reference);
  return refuse(ociError(404, { code: "UNSUPPORTED", message: "no referrers here" }));
}

function blobDecision(
  { blobStore, pullThrough, requests }: RegistryState,
  { blobs }: Repository,
  digest: string,
  { method, path }: ReceivedRequest,
): Decision {
  const content = blobs.get(digest);
  if (content === undefined)
    return refuse(ociError(404, { code: "BLOB_UNKNOWN", message: "blob unknown to registry" }));
  if (blobStore !== undefined) {
    const headers = { Location: blobStore.sign(method, digest), "Docker-Content-Digest": digest };
    return answerWith({ kind: "status", status: 307, headers, body: "" });
  }
  const isWarm = requests.some(
    (earlier) => plainPath(earlier.path) === plainPath(path) && earlier.bodyBytesSent === sizeOf(content),
  );
  const effects: FaultEffect[] = pullThrough && !isWarm ? [{ kind: "ignore-range" }] : [];
  return effects.length === 0 ? granted : answerWith(...effects);
}
