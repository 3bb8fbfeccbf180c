import type { HttpClientOptions, TransferOptions } from "@llama-orch/transfer";

/** The way in which the files of `httpFetcher` are transferred, and which hosts they may come from. */
export interface HttpFetcherOptions
  extends
    Pick<
      HttpClientOptions,
      | "headers"
      | "allowHosts"
      | "denyHosts"
      | "addresses"
      | "proxy"
      | "ca"
      | "lookup"
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
