import type { HttpClientOptions, NetworkFetcherOptions } from "@llama-orch/transfer";

/** The way in which the files of `httpFetcher` are transferred, and which hosts they may come from. */
export interface HttpFetcherOptions extends NetworkFetcherOptions, Pick<HttpClientOptions, "headers"> {}
