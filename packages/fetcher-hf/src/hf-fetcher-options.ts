import { type NetworkFetcherOptions, type TransferOptions, transferOptionsOf } from "@llama-orch/transfer";
import { endpointFrom, type Environment } from "./environment.ts";
import { hfError } from "./errors.ts";

/** Which Hub is asked, as whom; and the way in which its files are transferred. */
export interface HfFetcherOptions extends NetworkFetcherOptions {
  /** `https://huggingface.co`, or a mirror. @default `HF_ENDPOINT` of `env` */
  readonly endpoint?: string;
  /** @default `HF_TOKEN` of `env`, or the file that `hf auth login` writes; an empty one: none */
  readonly token?: string;
  /**
   * Where the usual variables are read: `HF_ENDPOINT`, `HF_TOKEN`, `HF_TOKEN_PATH`, `HF_HOME`, `HF_HUB_CACHE`, `HF_HUB_OFFLINE`.
   * @default the environment of this process
   */
  readonly env?: Environment;
  /** Whether files that the Python library has downloaded are used instead of fetching them again. @default true */
  readonly usePythonCache?: boolean;
}

export interface HfSettings {
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly env: Environment;
  readonly usePythonCache: boolean;
  readonly transfer: Partial<TransferOptions>;
}

/** @throws ModelError `HF_OPTION_INVALID` */
export function parseHfOptions(options: HfFetcherOptions): HfSettings {
  const { env = inheritedEnvironment(), token, usePythonCache = true } = options;
  const endpoint = (options.endpoint ?? endpointFrom(env)).replace(/\/+$/, "");
  const url = URL.parse(endpoint);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw hfError("HF_OPTION_INVALID", {
      message: `${JSON.stringify(endpoint)} is no endpoint of a Hub.`,
      hint: "Give a URL as https://huggingface.co, by the option endpoint or by HF_ENDPOINT.",
      facts: { option: "endpoint" },
    });
  }
  return Object.freeze({ endpoint, token, env, usePythonCache, transfer: transferOptionsOf(options) });
}

function inheritedEnvironment(): Environment {
  // oxlint-disable-next-line node/no-process-env -- The variables of the Python library are where people have set up their Hub.
  return process.env;
}
