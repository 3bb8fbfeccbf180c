import type { FaultMatch } from "./fault-board.ts";

/** A rule by which connections go wrong before a byte is read from them: with TLS, before its handshake. */
export type ConnectionFault = FaultMatch<number> & ConnectionEffect;

export type ConnectionEffect =
  /** It ends. */
  | { readonly kind: "drop" }
  /** The same, with RST. */
  | { readonly kind: "reset" }
  /** Nothing is said, not even of TLS, until the fault is withdrawn: then it ends. */
  | { readonly kind: "stall" };
