import { readFile } from "node:fs/promises";
import type { AgentOptions } from "node:https";
import { rootCertificates } from "node:tls";

export type Environment = Readonly<Record<string, string | undefined>>;

/** By which way an address is reached: what an agent of Node is made with. */
export interface HubRoute extends AgentOptions {
  /** Absent from the types of the oldest Node that this command runs on. */
  readonly proxyEnv?: Readonly<Record<string, string>>;
}

/** Agents go by a proxy since there is this flag; before, they know no `proxyEnv`. */
const knowsProxies: boolean = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");

/**
 * The way of the Hugging Face CLI, which reads the variables of Python programs: proxies in either case, and
 * certificates by the names of both HTTP libraries that it has been built on.
 * @returns a sentence where Node cannot go that way.
 * @throws the system's error where the certificates cannot be read
 */
export async function routeTo({ protocol }: URL, env: Environment): Promise<HubRoute | string> {
  const variable = `${protocol.slice(0, -1)}_proxy`;
  const proxy = proxyOf(valueOf(env, variable) ?? valueOf(env, "all_proxy"));
  if (proxy !== undefined && !knowsProxies) return "a proxy is set, and Node goes by proxies from 22.21 and 24.5 on";
  // Node would pass over it without a word.
  if (proxy !== undefined && !/^https?:/i.test(proxy)) return "a proxy is set that is no HTTP proxy, which Node needs";
  const certificates = env["REQUESTS_CA_BUNDLE"] || env["CURL_CA_BUNDLE"] || env["SSL_CERT_FILE"];
  return {
    keepAlive: false,
    ...(proxy !== undefined && { proxyEnv: { [variable]: proxy, no_proxy: valueOf(env, "no_proxy") ?? "" } }),
    ...(certificates && { ca: [...rootCertificates, await readFile(certificates, "utf8")] }),
  };
}

/** Python takes `host:port` for an HTTP proxy. */
function proxyOf(value: string | undefined): string | undefined {
  return value === undefined || value.includes("://") ? value : `http://${value}`;
}

/** An empty variable is one that is not set. */
function valueOf(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}
