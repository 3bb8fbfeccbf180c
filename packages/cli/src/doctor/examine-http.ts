import { isModelError, redactText } from "@llama-orch/catalog-core";
import { certificatesVariable } from "../http/extra-certificates.ts";
import { headersVariable } from "../http/headers-by-host.ts";
import type { Environment } from "./hub-route.ts";
import type { Problem } from "./problem.ts";

/** By which way `http:` and `https:` models would come here. Nothing in it is secret. */
export interface HttpFacts {
  /** Without credentials; absent: reached directly. */
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  /** What is reached without a proxy all the same. */
  readonly noProxy: readonly string[];
  /** The file whose certificates are trusted beside those that Node does. */
  readonly certificates?: string;
  /** For which hosts there are headers; never the headers. */
  readonly headersFor: readonly string[];
}

/** What was found out, or what of it makes no sense. */
export type HttpExamination = { readonly facts: HttpFacts } | { readonly failure: Problem };

/** Reads what is set as `ensure` would, and asks nobody. */
export async function examineHttp(env: Environment): Promise<HttpExamination> {
  // Loaded here, and not with this module: the help of all commands loads that.
  const { httpOptions, openHttpFetcher } = await import("../network-fetchers.ts");
  try {
    // It refuses what cannot be gone by, a SOCKS proxy for example.
    await openHttpFetcher(env, "any");
    const { proxy = {}, headers = {} } = await httpOptions(env);
    const { [certificatesVariable]: certificates = "" } = env;
    return {
      facts: {
        ...(proxy.http !== undefined && { httpProxy: withoutCredentials(proxy.http) }),
        ...(proxy.https !== undefined && { httpsProxy: withoutCredentials(proxy.https) }),
        noProxy: proxy.except ?? [],
        ...(certificates !== "" && { certificates }),
        headersFor: Object.keys(headers),
      },
    };
  } catch (error) {
    if (!isModelError(error)) throw error;
    return { failure: { text: error.message, hint: error.hint } };
  }
}

/** What is set, and makes every such model fail. */
export function httpProblems(examination: HttpExamination): Problem[] {
  return "failure" in examination ? [examination.failure] : [];
}

/** The same as lines for people. */
export function httpFacts(facts: HttpFacts): (readonly [string, string])[] {
  const { httpProxy, httpsProxy, noProxy, certificates, headersFor } = facts;
  return [
    ["https proxy", proxyLine(httpsProxy, noProxy)],
    ["http proxy", proxyLine(httpProxy, noProxy)],
    ...(certificates === undefined ? [] : [["extra CA", `${certificates} (${certificatesVariable})`] as const]),
    ...(headersFor.length === 0 ? [] : [["headers", `for ${headersFor.join(", ")} (${headersVariable})`] as const]),
  ];
}

function proxyLine(proxy: string | undefined, noProxy: readonly string[]): string {
  if (proxy === undefined) return "none: servers are asked directly";
  return noProxy.length === 0 ? proxy : `${proxy} (not for ${noProxy.join(", ")})`;
}

/** It was accepted as a proxy, with or without a scheme. */
function withoutCredentials(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  return url === null ? redactText(text) : `${url.protocol}//${url.host}`;
}
