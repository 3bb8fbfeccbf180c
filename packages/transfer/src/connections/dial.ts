import { lookup as systemLookup, type LookupAddress } from "node:dns";
import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, TLSSocket } from "node:tls";
import { systemCode } from "@llama-orch/catalog-core";
import { transferError } from "../errors.ts";
import { type AddressPolicy, assertAddress, assertHostName, bareHost } from "./address-policy.ts";
import { Connection } from "./connection.ts";
import { openTunnel } from "./tunnel.ts";

/** Where a connection leads to. */
export interface Route {
  /** Of the server: its scheme, host and port. */
  readonly origin: URL;
  /** What is connected to instead, which passes on what it is told. */
  readonly proxy: URL | undefined;
}

export interface DialSettings {
  readonly addresses: AddressPolicy;
  /** Of name resolution, connection and TLS together, in ms. */
  readonly connectTimeoutMs: number;
  readonly secureContext: SecureContext | undefined;
  readonly lookup: LookupFunction | undefined;
}

/**
 * Opens a connection: directly, or through a proxy (a tunnel for https:, else the proxy is asked for whole URLs).
 * @throws ModelError `TRANSFER_HOST_UNKNOWN`, `TRANSFER_UNREACHABLE`, `TRANSFER_TLS`, `TRANSFER_PROXY`,
 *   `TRANSFER_ADDRESS_REFUSED`; `signal.reason` untouched when aborted
 */
export async function dial(route: Route, settings: DialSettings, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  const { origin, proxy } = route;
  assertHostName(origin.hostname, settings.addresses);
  if (proxy === undefined) return open(origin, { ...settings, how: "buffers" }, signal);
  // The proxy is the operator's own, wherever it lies.
  const how = origin.protocol === "http:" ? "buffers" : "events";
  const viaProxy = await open(proxy, { ...settings, addresses: "any", how }, signal);
  if (origin.protocol === "http:") return viaProxy;
  const socket = await openTunnel(viaProxy, origin, proxy, signal);
  return secure(origin, socket, settings, signal);
}

interface OpenSettings extends DialSettings {
  /** What becomes a tunnel gives up its socket, which must not read into buffers then. */
  readonly how: "buffers" | "events";
}

/** To the host itself; over TLS where the URL says so. */
async function open(url: URL, settings: OpenSettings, signal: AbortSignal): Promise<Connection> {
  const connection = new Connection();
  const host = bareHost(url.hostname);
  const isSecure = url.protocol === "https:";
  const target = {
    host,
    port: Number(url.port === "" ? (isSecure ? 443 : 80) : url.port),
    lookup: checkedLookup(settings),
    autoSelectFamily: true,
    noDelay: true,
    ...(settings.how === "buffers" && { onread: connection.readInto }),
  };
  const socket = isSecure ? connectTls({ ...target, ...tlsOptions(host, settings) }) : connect(target);
  await established(socket, url, settings, signal);
  connection.attach(socket, settings.how);
  return connection;
}

/** TLS within a tunnel. */
async function secure(url: URL, tunnel: Socket, settings: DialSettings, signal: AbortSignal): Promise<Connection> {
  const connection = new Connection();
  const socket = connectTls({ socket: tunnel, ...tlsOptions(bareHost(url.hostname), settings) });
  await established(socket, url, settings, signal);
  connection.attach(socket, "events");
  return connection;
}

function tlsOptions(
  host: string,
  { secureContext }: DialSettings,
): { readonly servername?: string; readonly secureContext?: SecureContext } {
  return {
    // An address is no name that may be sent for the server to choose a certificate by.
    ...(isIP(host) === 0 && { servername: host }),
    ...(secureContext && { secureContext }),
  };
}

/**
 * Of the addresses of a name only those that are allowed are given to the socket, which connects to one of them: so what is
 * checked is what is connected to, and a name that is resolved anew is checked anew.
 */
function checkedLookup({ addresses, lookup }: DialSettings): LookupFunction {
  const resolve: LookupFunction = lookup ?? ((host, options, callback) => systemLookup(host, options, callback));
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const all: readonly LookupAddress[] =
        typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      try {
        // All of them: a name that leads inside and outside is one that is meant to deceive.
        for (const { address } of all) assertAddress(host, address, addresses);
      } catch (refusal) {
        return callback(refusal instanceof Error ? refusal : new Error(String(refusal)), []);
      }
      const [first] = all;
      if (first === undefined)
        return callback(Object.assign(new Error(`no address for ${host}`), { code: "ENOTFOUND" }), []);
      return options.all === true ? callback(null, [...all]) : callback(null, first.address, first.family);
    });
  };
}

async function established(socket: Socket, url: URL, settings: DialSettings, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const event = socket instanceof TLSSocket ? "secureConnect" : "connect";
  const stop = (): void => reject(signal.reason);
  const timer = setTimeout(() => reject(timedOut(url, settings)), settings.connectTimeoutMs);
  socket.once(event, resolve);
  socket.once("error", reject);
  socket.once("close", () => reject(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" })));
  signal.addEventListener("abort", stop, { once: true });
  try {
    await promise;
    // An address that was written as one was not looked up.
    if (socket.remoteAddress !== undefined) assertAddress(url.hostname, socket.remoteAddress, settings.addresses);
  } catch (error) {
    socket.once("error", () => {});
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    throw connectFailure(error, url);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    socket.removeListener(event, resolve);
    socket.removeListener("error", reject);
  }
}

function timedOut(url: URL, { connectTimeoutMs }: DialSettings): Error {
  return Object.assign(new Error(`no connection to ${url.host} within ${connectTimeoutMs} ms`), { code: "ETIMEDOUT" });
}

function connectFailure(error: unknown, url: URL): unknown {
  const host = bareHost(url.hostname);
  const cause: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = codeOf(error) ?? codeOf(cause);
  if (code === undefined || code.startsWith("TRANSFER_")) return error;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EAI_NODATA" || code === "EAI_NONAME") {
    return transferError("TRANSFER_HOST_UNKNOWN", {
      message: `The name ${host} has no address (${code}).`,
      hint: "Check the host's name, and whether this machine's network is up.",
      facts: { host, systemCode: code },
      cause: error,
    });
  }
  if (systemCode(cause) === undefined || code === "EPROTO") return tlsFailure(host, code, error);
  return transferError("TRANSFER_UNREACHABLE", {
    message: `No connection to ${url.host} (${code}).`,
    hint: "Check the host and port, this machine's network, and whether a proxy is needed (HTTPS_PROXY).",
    facts: { host, port: url.port === "" ? url.protocol : url.port, systemCode: code },
    cause: error,
  });
}

function tlsFailure(host: string, reason: string, cause: unknown): Error {
  const isDistrust = !/^ERR_SSL_|^EPROTO$/.test(reason);
  return transferError("TRANSFER_TLS", {
    message: isDistrust
      ? `The certificate of ${host} is not trusted (${reason}).`
      : `${host} does not speak TLS as it should (${reason}).`,
    hint: isDistrust
      ? "If a proxy or a private authority signs here, name its certificate: the option `ca`, or NODE_EXTRA_CA_CERTS."
      : "Check whether the URL should begin with http:, and the port.",
    facts: { host, reason },
    cause,
  });
}

function codeOf(error: unknown): string | undefined {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
}
