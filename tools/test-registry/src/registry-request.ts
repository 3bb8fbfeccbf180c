import type { ReceivedRequest } from "../../fault-server/src/index.ts";

export type RegistryPart = "registry" | "token" | "blobs";

/** A request, and which part of the registry it was sent to. */
export interface RegistryRequest extends ReceivedRequest {
  readonly server: RegistryPart;
}

/** Keeps the request itself, since its status and what was sent for it are still to come. */
export function keepRequest(requests: RegistryRequest[], request: ReceivedRequest, server: RegistryPart): void {
  requests.push(Object.assign(request, { server }));
}
