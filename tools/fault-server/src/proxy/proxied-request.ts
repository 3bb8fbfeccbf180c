/** A request that a proxy was sent. */
export interface ProxiedRequest {
  readonly method: string;
  /** As it was sent: `host:port` of CONNECT, else a URL. */
  readonly target: string;
  /** `1.1`. */
  readonly httpVersion: string;
  /** With lower-case names; of a name that comes more than once, the values with a comma between them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values as they were sent, in their order. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** The number of the connection, from 1. */
  readonly connection: number;
  /** What the proxy itself answered: 200 of a tunnel, or a refusal; `undefined` for what the origin answers. */
  readonly status: number | undefined;
  /** How much has come from the origin and was handed on. */
  readonly bytesRelayed: number;
}
