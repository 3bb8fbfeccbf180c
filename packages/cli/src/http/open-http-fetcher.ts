import { type HttpFetcher, httpFetcher } from "@llama-orch/fetcher-http";
import { httpOptions } from "./http-options.ts";

/**
 * What brings `http:` and `https:` models, by the proxies, certificates and headers of an environment.
 * @throws ModelError `USAGE_INVALID`, `TRANSFER_OPTION_INVALID`
 */
export async function openHttpFetcher(
  env: Readonly<Record<string, string | undefined>>,
  addresses: "any" | "public",
): Promise<HttpFetcher> {
  return httpFetcher({ ...(await httpOptions(env)), addresses });
}
