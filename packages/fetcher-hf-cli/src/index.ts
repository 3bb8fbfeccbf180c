export { type HfCliErrorCode } from "./errors.ts";
export { HfCliFetcher, hfCliFetcher } from "./hf-cli-fetcher.ts";
export { type HfCliFetcherOptions } from "./hf-cli-options.ts";
export { type HfCliFinding, type HfCliReport, inspectHfCli, type TokenSource } from "./inspect.ts";
