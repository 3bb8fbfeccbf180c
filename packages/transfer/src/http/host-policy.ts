import { isIP } from "node:net";
import { bareHost } from "../connections/address-policy.ts";
import { transferError } from "../errors.ts";
import type { HeadersByHost, HttpClientSettings } from "./http-client-options.ts";
import { invalidOption } from "./invalid-option.ts";

/**
 * That a host may be asked, by the caller's lists.
 * @throws ModelError `TRANSFER_HOST_REFUSED`
 */
export function assertHost(
  url: URL,
  { allowHosts, denyHosts }: Pick<HttpClientSettings, "allowHosts" | "denyHosts">,
): void {
  const host = hostOf(url);
  if (denyHosts.some((pattern) => matches(host, pattern))) throw refused(host, "denyHosts names it");
  if (allowHosts === undefined || allowHosts.some((pattern) => matches(host, pattern))) return;
  throw refused(host, `allowHosts has ${allowHosts.join(", ") || "none"}`);
}

/**
 * A pattern as `URL` writes hosts, which they are compared with: `bücher.example` is `xn--bcher-kva.example` there. One that
 * matches nothing would leave a door open that somebody thought shut.
 * @throws ModelError `TRANSFER_OPTION_INVALID`
 */
export function parseHostPattern(option: string, text: string): string {
  const [, below = "", host = ""] = /^(\*\.)?(.*)$/s.exec(text) ?? [];
  const isAddress = isIP(host) === 6;
  const url = /[/?#@\\\s*]/.test(host) ? null : URL.parse(`http://${isAddress ? `[${host}]` : host}/`);
  // The port of `example.com:80` would get lost: it is the usual one of http:.
  const port = isAddress ? "" : (/:(\d+)$/.exec(host.replace(/^\[.*\]/, ""))?.[0] ?? "");
  if (url === null || (port !== "" && option !== "headers")) {
    throw invalidOption(
      option,
      text,
      "Hosts are written example.com, *.example.com or as an address, without scheme and path.",
    );
  }
  return `${below}${url.hostname.replace(/\.$/, "")}${port}`;
}

/** `*.example.com` is what lies below, and not `example.com` itself. */
function matches(host: string, pattern: string): boolean {
  const wanted = bareHost(pattern);
  return wanted.startsWith("*.") ? host.endsWith(wanted.slice(1)) : host === wanted;
}

/**
 * What is sent to this host alone; in the clear only to a port that is named, or within this machine: a redirect of any page that
 * was fetched over http: could lead to the host, and have its headers read on the way.
 */
export function headersFor(url: URL, headers: HeadersByHost): Readonly<Record<string, string>> {
  const host = hostOf(url);
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  const withPort = `${url.hostname.replace(/\.$/, "")}:${port}`;
  const isPrivate = url.protocol === "https:" || isLoopback(host);
  const isMeant = (pattern: string): boolean => pattern === withPort || (isPrivate && matches(host, pattern));
  return Object.entries(headers).find(([pattern]) => isMeant(pattern))?.[1] ?? {};
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Names with and without their last dot are the same. */
function hostOf(url: URL): string {
  return bareHost(url.hostname).replace(/\.$/, "");
}

function refused(host: string, why: string): Error {
  return transferError("TRANSFER_HOST_REFUSED", {
    message: `The host ${host} may not be asked: ${why}.`,
    hint: "If it should be, change allowHosts or denyHosts; a redirect may lead to a host that has to be allowed as well.",
    facts: { host },
  });
}
