import { executableVariable } from "../hf-cli-options.ts";
import { awsCertificatesVariable, certificatesVariable } from "../http/extra-certificates.ts";
import { headersVariable } from "../http/headers-by-host.ts";
import { mirrorsVariable, plainHttpVariable } from "../oci/registry-options.ts";

/** Variables that change what this command does, or the tools that it starts, or through whom they reach the network. */
const names: readonly string[] = [
  "MODEL_PROVISIONER_CACHE",
  "MODEL_PROVISIONER_DEBUG",
  executableVariable,
  headersVariable,
  plainHttpVariable,
  mirrorsVariable,
  "XDG_CACHE_HOME",
  "NO_COLOR",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "NODE_USE_ENV_PROXY",
  "NODE_OPTIONS",
  certificatesVariable,
  "SSL_CERT_DIR",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HF_ENDPOINT",
  "HF_HUB_OFFLINE",
  "HF_TOKEN",
  "HF_TOKEN_PATH",
  "REGISTRY_AUTH_FILE",
  "DOCKER_CONFIG",
  "AWS_PROFILE",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_REGION",
  "AWS_ENDPOINT_URL",
  "AWS_ENDPOINT_URL_S3",
  awsCertificatesVariable,
  "AWS_CONFIG_FILE",
  "AWS_SHARED_CREDENTIALS_FILE",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
];

/** The names of those that are set. Never their values: some of them are secrets. */
export function environmentNames(env: Readonly<Record<string, string | undefined>>): string[] {
  // Programs read the proxy variables in either case.
  const known = [...names, ...names.filter((name) => name.endsWith("_PROXY")).map((name) => name.toLowerCase())];
  return known.filter((name) => env[name] !== undefined && env[name] !== "");
}
