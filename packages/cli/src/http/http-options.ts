import type { HttpFetcherOptions } from "@llama-orch/fetcher-http";
import { proxyFromEnvironment } from "@llama-orch/transfer";
import { extraCertificates } from "./extra-certificates.ts";
import { headersByHost } from "./headers-by-host.ts";

/**
 * By which way, and as whom, servers are asked: proxies as `curl` reads them, certificates of `SSL_CERT_FILE`, headers of
 * `MODEL_PROVISIONER_HTTP_HEADERS`.
 * @param certificatesVariable another one than `SSL_CERT_FILE`.
 * @throws ModelError `USAGE_INVALID`
 */
export async function httpOptions(
  env: Readonly<Record<string, string | undefined>>,
  certificatesVariable?: string,
): Promise<Pick<HttpFetcherOptions, "proxy" | "ca" | "headers">> {
  const ca = await extraCertificates(env, certificatesVariable);
  return {
    proxy: proxyFromEnvironment(env),
    headers: headersByHost(env),
    ...(ca !== undefined && { ca }),
  };
}
