// The one file by which all that speaks HTTP is loaded: with a second one, the bundler would make what they share a file of its
// own.
export { inspectPythonCache } from "@llama-orch/fetcher-hf";
export { inspectLogins } from "@llama-orch/fetcher-oci";
export { inspectS3 } from "@llama-orch/fetcher-s3";
export { openHfFetcher } from "./hf/open-hf-fetcher.ts";
export { httpOptions } from "./http/http-options.ts";
export { openHttpFetcher } from "./http/open-http-fetcher.ts";
export { openOciFetcher } from "./oci/open-oci-fetcher.ts";
export { openS3Fetcher } from "./s3/open-s3-fetcher.ts";
