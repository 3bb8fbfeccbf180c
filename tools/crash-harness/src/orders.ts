/** Name of the environment variable that tells the preloaded module what to do. */
export const ordersVariable = "CRASH_HARNESS_ORDERS";

export interface Orders {
  /** Calls about something at or below this absolute path count. */
  readonly root: string;
  /** Kill before the n-th call that changes something; `torn`: after the first half of what that call writes. */
  readonly kill?: { readonly atChange: number; readonly torn: boolean };
  /** Where to leave the list of calls at the end, as `TracedCall[]`. Outside of the root. */
  readonly traceFile?: string;
}

export interface TracedCall {
  readonly name: string;
  /** Relative to the root. */
  readonly path: string;
  readonly changes: boolean;
  /** Whether it writes data, so that it can be torn. */
  readonly writes: boolean;
}

export function readOrders(text: string): Orders {
  const orders: unknown = JSON.parse(text);
  if (!isOrders(orders)) throw new Error(`These are no orders: ${text}`);
  return orders;
}

export function readTrace(text: string): readonly TracedCall[] {
  const calls: unknown = JSON.parse(text);
  if (!isTrace(calls)) throw new Error(`This is no trace: ${text}`);
  return calls;
}

/** Both sides are this package, so a look at what tells them apart is enough. */
function isOrders(value: unknown): value is Orders {
  return typeof value === "object" && value !== null && "root" in value;
}

function isTrace(value: unknown): value is readonly TracedCall[] {
  return Array.isArray(value) && value.every((call) => typeof call === "object" && call !== null && "changes" in call);
}
