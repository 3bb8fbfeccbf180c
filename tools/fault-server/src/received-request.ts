/** A request that the server was sent, and how far its answer has come. */
export interface ReceivedRequest {
  /** As it was sent. */
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  /** `1.1`. */
  readonly httpVersion: string;
  /** With lower-case names; of a name that comes more than once, the values with a comma between them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values as they were sent, in their order. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** What came with it; empty without a `Content-Length`. */
  readonly body: Buffer;
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** Which request of its connection it is, from 1. */
  readonly exchange: number;
  /** The one range that it asks for, whatever comes of it. */
  readonly range: RequestedRange | undefined;
  /** Of the answer; `undefined` until there is one, and for what a route answers. */
  readonly status: number | undefined;
  /** How much of the body has been handed to the system so far, without the framing of chunks. */
  readonly bodyBytesSent: number;
}

/** As it stands in the header: both are inclusive. */
export interface RequestedRange {
  /** `undefined` for `bytes=-n`: the last n bytes, and n is `to`. */
  readonly from: number | undefined;
  /** `undefined` for `bytes=n-`. */
  readonly to: number | undefined;
}
