/** A rule by which matching requests go wrong. */
export type Fault = FaultMatch & FaultEffect;

export interface FaultMatch {
  /** @default every request */
  readonly when?: (request: FaultTarget) => boolean;
  /** After how many matching requests it is over. @default Infinity */
  readonly times?: number;
}

export interface FaultTarget {
  readonly server: "hub" | "cdn";
  /** In upper case. */
  readonly method: string;
  /** With the query, as it was sent. That of the CDN has the name of the file in its query. */
  readonly path: string;
}

/** Several that match one request all act on it; where they cannot agree, the one that was injected first counts. */
export type FaultEffect =
  /** The connection ends before there is an answer. */
  | { readonly kind: "drop" }
  /** The connection ends after so many bytes of the body. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** The body stops after so many bytes, until the fault is taken away or the connection ends. */
  | { readonly kind: "stall"; readonly afterBytes: number }
  /** One byte of the file is another one, at this offset from its start, whatever range is asked for. */
  | { readonly kind: "corrupt"; readonly atByte: number }
  /** Answers with a status instead: see also `rateLimited()`. */
  | StatusEffect
  /** Waits before it answers. */
  | { readonly kind: "latency"; readonly ms: number }
  /** Sends the body no faster than this. */
  | { readonly kind: "throttle"; readonly bytesPerSecond: number }
  /** On the hub: the signed URL that it gives has expired. On the CDN: it says so. */
  | { readonly kind: "expired-signature" }
  /** Sends the whole file with 200, whatever range is asked for. */
  | { readonly kind: "ignore-range" }
  /** Says that the body has this length, sends it as it is, and closes the connection. */
  | { readonly kind: "content-length"; readonly bytes: number }
  /** Sets headers of the answer, or leaves them out: `null`. */
  | { readonly kind: "headers"; readonly headers: Readonly<Record<string, string | null>> };

export interface StatusEffect {
  readonly kind: "status";
  readonly status: number;
  /** @default "Injected by the test." */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** 429 as the Hub says it: no request is left, and there are new ones in so many seconds. */
export function rateLimited(retryAfterSeconds: number): StatusEffect {
  return {
    kind: "status",
    status: 429,
    message: "We had to rate limit your IP. To continue using our service, log in or use a token.",
    headers: {
      "Retry-After": String(retryAfterSeconds),
      RateLimit: `"resolvers";r=0;t=${retryAfterSeconds}`,
      "RateLimit-Policy": '"fixed window";"resolvers";q=3000;w=300',
    },
  };
}
