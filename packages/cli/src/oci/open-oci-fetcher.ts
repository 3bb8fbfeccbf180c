import { type OciFetcher, ociFetcher } from "@llama-orch/fetcher-oci";
import { httpOptions } from "../http/http-options.ts";
import { registryOptions } from "./registry-options.ts";

export interface OciChoices {
  readonly addresses: "any" | "public";
  readonly platform?: string | undefined;
}

/**
 * What brings `oci:` models, by the logins, proxies, certificates and mirrors of an environment.
 * @throws ModelError `USAGE_INVALID`, `OCI_OPTION_INVALID`, `TRANSFER_OPTION_INVALID`
 */
export async function openOciFetcher(
  env: Readonly<Record<string, string | undefined>>,
  { addresses, platform }: OciChoices,
): Promise<OciFetcher> {
  // Headers for hosts are for those of https: references.
  const { headers: _, ...options } = await httpOptions(env);
  return ociFetcher({
    ...options,
    ...registryOptions(env),
    addresses,
    env,
    ...(platform !== undefined && { platform }),
  });
}
