import type { LookupFunction } from "node:net";
import type { AddressPolicy } from "../connections/address-policy.ts";
import { parseProxy, type ProxyRules } from "../connections/proxy.ts";
import { parseHostPattern } from "./host-policy.ts";
import { invalidOption } from "./invalid-option.ts";
import { assertFields, hideCredentials, hideUserinfo } from "./request-fields.ts";

export interface HttpClientOptions {
  /** Connections open at once, over all hosts and transfers, 1 to 256. @default 16 */
  readonly maxConnections?: number;
  /** Of those to one host, 1 to 256. @default 8 */
  readonly maxConnectionsPerHost?: number;
  /** Name resolution, connection and TLS together, in ms. @default 15,000 */
  readonly connectTimeoutMs?: number;
  /** From a request to the end of its answer's head, in ms. @default 30,000 */
  readonly answerTimeoutMs?: number;
  /** How long too few bytes may come, in ms. @default 30,000 */
  readonly stallTimeoutMs?: number;
  /** How many are too few: bytes a second, over that time. @default 1,024 */
  readonly minBytesPerSecond?: number;
  /** Proxies: see `proxyFromEnvironment`. @default none */
  readonly proxy?: ProxyRules;
  /** Certificates to trust beside those that Node does, as PEM text; several may stand in one. */
  readonly ca?: string;
  /** Which addresses may be connected to. @default "any" */
  readonly addresses?: AddressPolicy;
  /** Hosts that may be asked, also after a redirect: `example.com`, `*.example.com`. @default all */
  readonly allowHosts?: readonly string[];
  /** Hosts that may not. @default none */
  readonly denyHosts?: readonly string[];
  /**
   * Headers for hosts, also after a redirect to one: by `example.com`, `example.com:8443` or `*.example.com`. The first that
   * matches counts; what a request itself says comes before it.
   * @default none
   */
  readonly headers?: HeadersByHost;
  /** Resolves names, as `dns.lookup` does. What it finds is checked by `addresses`. @default `dns.lookup` */
  readonly lookup?: LookupFunction;
}

export type HeadersByHost = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface HttpClientSettings {
  readonly headers: HeadersByHost;
  readonly maxConnections: number;
  readonly maxConnectionsPerHost: number;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly stallTimeoutMs: number;
  readonly minBytesPerSecond: number;
  readonly proxy: ProxyRules;
  readonly ca: string | undefined;
  readonly addresses: AddressPolicy;
  readonly allowHosts: readonly string[] | undefined;
  readonly denyHosts: readonly string[];
  readonly lookup: LookupFunction | undefined;
}

/** A timer of more than 24.8 days would go off at once. */
const longestMs = 86_400_000;

/** @throws ModelError `TRANSFER_OPTION_INVALID` */
export function parseHttpClientOptions(options: HttpClientOptions): HttpClientSettings {
  const {
    maxConnections = 16,
    maxConnectionsPerHost = 8,
    connectTimeoutMs = 15_000,
    answerTimeoutMs = 30_000,
    stallTimeoutMs = 30_000,
    minBytesPerSecond = 1_024,
    proxy = {},
    ca,
    addresses = "any",
    allowHosts,
    denyHosts = [],
    headers = {},
    lookup,
  } = options;
  assertWithin({ maxConnections, maxConnectionsPerHost }, 1, 256);
  assertWithin({ connectTimeoutMs, answerTimeoutMs, stallTimeoutMs }, 10, longestMs);
  assertWithin({ minBytesPerSecond }, 1, 1_000_000_000);
  for (const text of [proxy.http, proxy.https]) if (text !== undefined) hideUserinfo(parseProxy(text), "good");
  if (!Number.isInteger(maxConnections) || !Number.isInteger(maxConnectionsPerHost)) {
    throw invalidOption("maxConnections", [maxConnections, maxConnectionsPerHost], "Give whole numbers.");
  }
  if (addresses !== "any" && addresses !== "public") {
    throw invalidOption("addresses", addresses, 'Allowed are "any" and "public".');
  }
  return Object.freeze({
    maxConnections,
    maxConnectionsPerHost,
    connectTimeoutMs,
    answerTimeoutMs,
    stallTimeoutMs,
    minBytesPerSecond,
    proxy,
    ca,
    addresses,
    allowHosts: allowHosts?.map((pattern) => parseHostPattern("allowHosts", pattern)),
    denyHosts: denyHosts.map((pattern) => parseHostPattern("denyHosts", pattern)),
    headers: parseHeaders(headers),
    lookup,
  });
}

/** Patterns as they are compared; what they keep secret is hidden from now on. */
function parseHeaders(headers: HeadersByHost): HeadersByHost {
  return Object.fromEntries(
    Object.entries(headers).map(([pattern, fields]) => {
      assertFields(pattern, fields);
      hideCredentials(fields, "good");
      return [parseHostPattern("headers", pattern), { ...fields }];
    }),
  );
}

/** @throws ModelError `TRANSFER_OPTION_INVALID` */
export function assertWithin(values: Readonly<Record<string, number>>, least: number, most: number): void {
  for (const [option, value] of Object.entries(values)) {
    if (Number.isFinite(value) && value >= least && value <= most) continue;
    throw invalidOption(option, value, `Give a number from ${least} to ${most}.`);
  }
}

export { invalidOption };
