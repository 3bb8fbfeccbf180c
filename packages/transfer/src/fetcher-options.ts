import type { TransferOptions } from "./download/transfer-options.ts";
import type { HttpClientOptions } from "./http/http-client-options.ts";

/** What every fetcher of a network may be told of how its files are transferred. */
export interface NetworkFetcherOptions
  extends
    Pick<
      HttpClientOptions,
      | "proxy"
      | "ca"
      | "lookup"
      | "addresses"
      | "allowHosts"
      | "denyHosts"
      | "maxConnections"
      | "maxConnectionsPerHost"
      | "connectTimeoutMs"
      | "answerTimeoutMs"
      | "stallTimeoutMs"
      | "minBytesPerSecond"
    >,
    Pick<
      TransferOptions,
      "maxRetries" | "baseDelayMs" | "maxDelayMs" | "maxRetryAfterMs" | "timeoutMs" | "attemptTimeoutMs"
    > {
  /** Connections for one file, 1 to 64; more than one are used only where they pay. @default 8 */
  readonly maxConnectionsPerTransfer?: number;
}

/** What of them is for each transfer: how often to try, for how long, over how many connections. */
export function transferOptionsOf(options: NetworkFetcherOptions): Partial<TransferOptions> {
  const { maxConnectionsPerTransfer, maxRetries, baseDelayMs, maxDelayMs } = options;
  const { maxRetryAfterMs, timeoutMs, attemptTimeoutMs } = options;
  return {
    ...(maxConnectionsPerTransfer !== undefined && { maxConnections: maxConnectionsPerTransfer }),
    ...(maxRetries !== undefined && { maxRetries }),
    ...(baseDelayMs !== undefined && { baseDelayMs }),
    ...(maxDelayMs !== undefined && { maxDelayMs }),
    ...(maxRetryAfterMs !== undefined && { maxRetryAfterMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(attemptTimeoutMs !== undefined && { attemptTimeoutMs }),
  };
}
