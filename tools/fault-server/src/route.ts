import type { Wire } from "./http/wire.ts";
import type { ReceivedRequest } from "./received-request.ts";

/**
 * Writes whatever it likes. The connection waits for the next request when the handler is done, unless it has ended it.
 * What it rejects with is an unhandled rejection, as long as the connection is there.
 */
export type RouteHandler = (request: ReceivedRequest, respond: Wire) => void | Promise<void>;
