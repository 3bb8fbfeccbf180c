import { systemCode } from "@llama-orch/catalog-core";
import { transferError } from "../errors.ts";
import { bareHost } from "./address-policy.ts";

/** What a socket fails with before it is connected, as an error that says what it means. */
export function connectFailure(error: unknown, url: URL): unknown {
  // Of several addresses each has its error; the first one was preferred.
  const cause: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = codeOf(error) ?? codeOf(cause);
  if (code === undefined || code.startsWith("TRANSFER_")) return error;
  if (systemCode({ code }) === undefined || code === "EPROTO") return tlsFailure(bareHost(url.hostname), code, error);
  return transferError("TRANSFER_UNREACHABLE", {
    message: `No connection to ${url.host} (${code}).`,
    hint: "Check the host and port, this machine's network, and whether a proxy is needed (HTTPS_PROXY).",
    facts: { ...endpointOf(url), systemCode: code },
    cause: error,
  });
}

export function connectTimedOut(
  { origin, proxy }: { readonly origin: URL; readonly proxy: URL | undefined },
  connectTimeoutMs: number,
): Error {
  const through = proxy === undefined ? "" : ` through the proxy ${proxy.host}`;
  return transferError("TRANSFER_UNREACHABLE", {
    message: `No connection to ${origin.host}${through} within ${connectTimeoutMs} ms.`,
    hint: "Check the host and port, this machine's network, and whether a proxy is needed (HTTPS_PROXY).",
    facts: { ...endpointOf(origin), systemCode: "ETIMEDOUT" },
  });
}

/** @param cause of the resolver; none when it gives no address and no reason. */
export function hostUnknown(host: string, cause?: Error): Error {
  const code = codeOf(cause) ?? "ENOTFOUND";
  return transferError("TRANSFER_HOST_UNKNOWN", {
    message: `The name ${host} has no address (${code}).`,
    hint: "Check the host's name, and whether this machine's network is up.",
    facts: { host, systemCode: code },
    cause,
  });
}

function tlsFailure(host: string, reason: string, cause: unknown): Error {
  const { says, hint } = tlsAdvice(reason);
  return transferError("TRANSFER_TLS", {
    message: `${says(host)} (${reason}).`,
    hint,
    facts: { host, reason },
    cause,
  });
}

function tlsAdvice(reason: string): { readonly says: (host: string) => string; readonly hint: string } {
  if (/^ERR_SSL_|^EPROTO$/.test(reason)) {
    return {
      says: (host) => `${host} does not speak TLS as it should`,
      hint: "Check whether the URL should begin with http:, and the port.",
    };
  }
  if (reason === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return {
      says: (host) => `The certificate is one of other hosts than ${host}`,
      hint: "Check the host's name: another server may answer in its place, a log-in page of the network for instance.",
    };
  }
  return {
    says: (host) => `The certificate of ${host} is not trusted`,
    hint: "If a proxy or a private authority signs here, name its certificate: the option `ca`, or NODE_EXTRA_CA_CERTS.",
  };
}

function endpointOf(url: URL): { readonly host: string; readonly port: number } {
  const usual = url.protocol === "https:" ? 443 : 80;
  return { host: bareHost(url.hostname), port: url.port === "" ? usual : Number(url.port) };
}

function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
}
