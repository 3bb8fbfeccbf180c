import { bareHost } from "../connections/address-policy.ts";
import { transferError } from "../errors.ts";
import type { HeadersByHost, HttpClientSettings } from "./http-client-options.ts";

/**
 * That a host may be asked, by the caller's lists.
 * @throws ModelError `TRANSFER_HOST_REFUSED`
 */
export function assertHost(
  url: URL,
  { allowHosts, denyHosts }: Pick<HttpClientSettings, "allowHosts" | "denyHosts">,
): void {
  const host = bareHost(url.hostname).toLowerCase().replace(/\.$/, "");
  if (denyHosts.some((pattern) => matches(host, pattern))) throw refused(host, "denyHosts names it");
  if (allowHosts === undefined || allowHosts.some((pattern) => matches(host, pattern))) return;
  throw refused(host, `allowHosts has ${allowHosts.join(", ") || "none"}`);
}

/** `*.example.com` is what lies below, and not `example.com` itself. */
function matches(host: string, pattern: string): boolean {
  const wanted = bareHost(pattern).toLowerCase();
  return wanted.startsWith("*.") ? host.endsWith(wanted.slice(1)) : host === wanted;
}

/** What is sent to this host alone. */
export function headersFor(url: URL, headers: HeadersByHost): Readonly<Record<string, string>> {
  const host = bareHost(url.hostname).toLowerCase();
  const found = Object.entries(headers).find(
    ([pattern]) => pattern.toLowerCase() === url.host || matches(host, pattern),
  );
  return found?.[1] ?? {};
}

function refused(host: string, why: string): Error {
  return transferError("TRANSFER_HOST_REFUSED", {
    message: `The host ${host} may not be asked: ${why}.`,
    hint: "If it should be, change allowHosts or denyHosts; a redirect may lead to a host that has to be allowed as well.",
    facts: { host },
  });
}
