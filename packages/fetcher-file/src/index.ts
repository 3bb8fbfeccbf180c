export { FileFetcher, fileFetcher } from "./file-fetcher.ts";
