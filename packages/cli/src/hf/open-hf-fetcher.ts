import { type HfFetcher, hfFetcher } from "@llama-orch/fetcher-hf";
import { httpOptions } from "../http/http-options.ts";

/**
 * What brings `hf:` models natively, by the Hub, token, proxies and certificates of an environment.
 * @throws ModelError `USAGE_INVALID`, `HF_OPTION_INVALID`
 */
export async function openHfFetcher(env: Readonly<Record<string, string | undefined>>): Promise<HfFetcher> {
  // Headers for hosts are for those of https: references.
  const { headers: _, ...options } = await httpOptions(env);
  return hfFetcher({ ...options, env });
}
