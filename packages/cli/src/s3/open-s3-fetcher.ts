import { type S3Fetcher, s3Fetcher } from "@llama-orch/fetcher-s3";
import { awsCertificatesVariable } from "../http/extra-certificates.ts";
import { httpOptions } from "../http/http-options.ts";

export interface S3Choices {
  readonly addresses: "any" | "public";
  /** Ask as nobody. */
  readonly noSignRequest: boolean;
  readonly requesterPays: boolean;
}

/**
 * What brings `s3:` models, by the AWS configuration, proxies and certificates of an environment.
 * @throws ModelError `USAGE_INVALID`, `S3_OPTION_INVALID`, `TRANSFER_OPTION_INVALID`
 */
export async function openS3Fetcher(
  env: Readonly<Record<string, string | undefined>>,
  { addresses, noSignRequest, requesterPays }: S3Choices,
): Promise<S3Fetcher> {
  const hasBundle = (env[awsCertificatesVariable] ?? "") !== "";
  // Headers for hosts are for those of https: references.
  const { headers: _, ...options } = await httpOptions(env, hasBundle ? awsCertificatesVariable : undefined);
  return s3Fetcher({ ...options, addresses, requesterPays, ...(noSignRequest && { credentials: "anonymous" }) });
}
