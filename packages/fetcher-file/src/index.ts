export { type FileFetcherErrorCode } from "./errors.ts";
export { FileFetcher, fileFetcher } from "./file-fetcher.ts";
export { type FileFetcherOptions } from "./file-fetcher-options.ts";
