// The one file by which all that speaks HTTP is loaded: with a second one, the bundler would make what they share a file of its
// own.
export { inspectPythonCache } from "@llama-orch/fetcher-hf";
export { openHfFetcher } from "./hf/open-hf-fetcher.ts";
export { httpOptions } from "./http/http-options.ts";
export { openHttpFetcher } from "./http/open-http-fetcher.ts";
