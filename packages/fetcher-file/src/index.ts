export { type FileFetcherErrorCode } from "./errors.ts";
export { FileFetcher, fileFetcher } from "./file-fetcher.ts";
