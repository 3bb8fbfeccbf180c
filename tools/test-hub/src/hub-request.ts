import type { IncomingHttpHeaders } from "node:http";

/** A request that one of the servers was sent. */
export interface HubRequest {
  readonly server: "hub" | "cdn";
  /** In upper case. */
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** With lower-case names. */
  readonly headers: IncomingHttpHeaders;
  /** Of the answer; `undefined` until there is one. */
  readonly status: number | undefined;
  /** How much of the body has been sent so far. */
  readonly bodyBytes: number;
  /** When it came, in milliseconds since the hub began. */
  readonly startedMs: number;
}
