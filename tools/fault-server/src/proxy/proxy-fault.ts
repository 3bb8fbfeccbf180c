import type { Ending } from "../faults/fault.ts";
import type { FaultMatch } from "../faults/fault-board.ts";
import type { ProxiedRequest } from "./proxied-request.ts";

/** A rule by which what goes through a proxy goes wrong. */
export type ProxyFault = FaultMatch<ProxiedRequest> & ProxyEffect;

export type ProxyEffect =
  /** The connection ends without an answer of the proxy. */
  | { readonly kind: "drop" }
  /** The same, with RST. */
  | { readonly kind: "reset" }
  /** Takes the request and says nothing, until the fault is withdrawn or the connection ends. */
  | { readonly kind: "stall" }
  /** Answers with this status, 403 or 502 for instance, and keeps the connection. */
  | {
      readonly kind: "refuse";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** @default one line that says that a test did it */
      readonly body?: string;
    }
  /** Sends this in place of the answer to CONNECT, as it is, and ends the connection. */
  | { readonly kind: "garbage"; readonly text: string }
  /** The connection ends when so many bytes from the origin have been handed on: of a tunnel, of TLS. */
  | { readonly kind: "cut"; readonly afterBytes: number; /** @default "fin" */ readonly how?: Ending };
