import { BlockList, isIP } from "node:net";
import { transferError } from "../errors.ts";
import { bareHost } from "./address-policy.ts";

/** Which proxy a request goes through. */
export interface ProxyRules {
  /** For http: URLs. `http://[user:password@]host[:port]` */
  readonly http?: string;
  /** For https: URLs, through a tunnel (CONNECT). Itself spoken to over http: or https:. */
  readonly https?: string;
  /**
   * Hosts that are reached without: `example.com` and what lies below it, `.example.com`, `host:port`, an address, a subnet
   * (`10.0.0.0/8`), or `*` for all.
   */
  readonly except?: readonly string[];
}

/**
 * The rules that the environment states, as `curl` reads them: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, or the
 * same in lower case, which comes first. Empty ones count as unset. `HTTP_PROXY` in upper case is not read where a web server may have set it for a
 * request header (`REQUEST_METHOD` is there).
 */
export function proxyFromEnvironment(env: Readonly<Record<string, string | undefined>>): ProxyRules {
  const first = (...names: readonly string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find((value) => value !== undefined && value !== "");
  const read = (name: string): string | undefined => first(name.toLowerCase(), name);
  const all = read("ALL_PROXY");
  const isCgi = env["REQUEST_METHOD"] !== undefined;
  const http = (isCgi ? first("http_proxy") : read("HTTP_PROXY")) ?? all;
  const https = read("HTTPS_PROXY") ?? all;
  const except = (read("NO_PROXY") ?? "").split(/[\s,]+/).filter((each) => each !== "");
  return { ...(http && { http }), ...(https && { https }), ...(except.length > 0 && { except }) };
}

/** The proxy for a URL; none where it is reached directly. */
export function proxyFor(url: URL, rules: ProxyRules): URL | undefined {
  const text = url.protocol === "https:" ? rules.https : rules.http;
  if (text === undefined || isExcepted(url, rules.except ?? [])) return undefined;
  return parseProxy(text);
}

/** @throws ModelError `TRANSFER_OPTION_INVALID` */
export function parseProxy(text: string): URL {
  const withScheme = text.includes("://") ? text : `http://${text}`;
  const url = URL.parse(withScheme);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "") return url;
  throw transferError("TRANSFER_OPTION_INVALID", {
    message: `${text} is not a proxy that can be used.`,
    hint: "Proxies are written http://host:port, or https://host:port for one that is spoken to over TLS; SOCKS is not supported.",
    facts: { option: "proxy", proxy: text },
  });
}

function isExcepted(url: URL, except: readonly string[]): boolean {
  const host = bareHost(url.hostname).toLowerCase().replace(/\.$/, "");
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return except.some((pattern) => matches(host, port, pattern.toLowerCase()));
}

function matches(host: string, port: string, pattern: string): boolean {
  if (pattern === "*") return true;
  const subnet = /^\[?([^\]/]+)\]?\/(\d+)$/.exec(pattern);
  if (subnet !== null) return isWithin(host, subnet[1] ?? "", Number(subnet[2]));
  const { name, only } = splitPort(pattern);
  if (only !== undefined && only !== port) return false;
  const bare = name.replace(/^\*?\./, "");
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

function splitPort(pattern: string): { readonly name: string; readonly only: string | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(pattern);
  if (bracketed !== null) return { name: bracketed[1] ?? "", only: bracketed[2] };
  if (isIP(pattern) === 6) return { name: pattern, only: undefined };
  const [name = "", only] = pattern.split(":");
  return { name, only };
}

function isWithin(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  const name = family === 6 ? "ipv6" : "ipv4";
  list.addSubnet(network, prefix, name);
  return list.check(host, name);
}
