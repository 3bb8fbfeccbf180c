export { type Environment, type TokenSource } from "./environment.ts";
export { type HfErrorCode } from "./errors.ts";
export { HfFetcher, hfFetcher } from "./hf-fetcher.ts";
export { type HfFetcherOptions } from "./hf-fetcher-options.ts";
export { inspectPythonCache, type PythonCacheReport } from "./python-cache/inspect-python-cache.ts";
