export { type HttpFetcherErrorCode } from "./errors.ts";
export { HttpFetcher, httpFetcher } from "./http-fetcher.ts";
export { type HttpFetcherOptions } from "./http-fetcher-options.ts";
