import { connect, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, TLSSocket } from "node:tls";
import { type AddressPolicy, assertAddress, assertHostName, bareHost } from "./address-policy.ts";
import { checkedLookup } from "./checked-lookup.ts";
import { connectFailure, connectTimedOut } from "./connect-failures.ts";
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
  /** Of name resolution, connection, tunnel and TLS together, in ms. */
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
  assertHostName(route.origin.hostname, settings.addresses);
  // One time-out for all steps, however many there are.
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(signal.reason);
  const { connectTimeoutMs } = settings;
  const timer = setTimeout(() => attempt.abort(connectTimedOut(route, connectTimeoutMs)), connectTimeoutMs);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await connected(route, settings, attempt.signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

async function connected({ origin, proxy }: Route, settings: DialSettings, signal: AbortSignal): Promise<Connection> {
  if (proxy === undefined) return open(origin, { ...settings, how: "buffers" }, signal);
  // The proxy is the operator's own, wherever it lies.
  const how = origin.protocol === "http:" ? "buffers" : "events";
  const viaProxy = await open(proxy, { ...settings, addresses: "any", how }, signal);
  if (origin.protocol === "http:") return viaProxy;
  const tunnel = await openTunnel(viaProxy, { origin, proxy }, signal);
  return secure(origin, tunnel, settings, signal);
}

interface OpenSettings extends DialSettings {
  /** What becomes a tunnel gives up its socket, which must not read into buffers then. */
  readonly how: "buffers" | "events";
}

/** To the host itself; over TLS where the URL says so. */
async function open(url: URL, settings: OpenSettings, signal: AbortSignal): Promise<Connection> {
  const connection = new Connection();
  const isSecure = url.protocol === "https:";
  const target = {
    host: bareHost(url.hostname),
    port: Number(url.port === "" ? (isSecure ? 443 : 80) : url.port),
    lookup: checkedLookup(settings),
    autoSelectFamily: true,
    noDelay: true,
    ...(settings.how === "buffers" && { onread: connection.readInto }),
  };
  const socket = isSecure ? connectTls({ ...target, ...tlsOptions(url, settings) }) : connect(target);
  await established(socket, url, signal, () => {
    // An address that was written as one was not looked up.
    if (socket.remoteAddress !== undefined) assertAddress(target.host, socket.remoteAddress, settings.addresses);
  });
  connection.attach(socket, settings.how);
  return connection;
}

/** TLS within a tunnel. Its far end is the proxy's business: the address on this side is that of the proxy. */
async function secure(url: URL, tunnel: Socket, settings: DialSettings, signal: AbortSignal): Promise<Connection> {
  const connection = new Connection();
  const socket = connectTls({ socket: tunnel, ...tlsOptions(url, settings) });
  await established(socket, url, signal);
  connection.attach(socket, "events");
  return connection;
}

interface TlsOptions {
  readonly host: string;
  readonly servername?: string;
  readonly secureContext?: SecureContext;
}

function tlsOptions(url: URL, { secureContext }: DialSettings): TlsOptions {
  const host = bareHost(url.hostname);
  return {
    // The certificate is checked against this one. Within a tunnel Node would otherwise take the name of the proxy.
    host,
    // An address is no name that may be sent for the server to choose a certificate by, and a name has no last dot there.
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, "") }),
    ...(secureContext && { secureContext }),
  };
}

async function established(socket: Socket, url: URL, signal: AbortSignal, check?: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const event = socket instanceof TLSSocket ? "secureConnect" : "connect";
  const stop = (): void => reject(signal.reason);
  const closed = (): void => reject(Object.assign(new Error("closed while connecting"), { code: "ECONNRESET" }));
  socket.once(event, resolve);
  socket.once("error", reject);
  socket.once("close", closed);
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) stop();
    await promise;
    check?.();
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    throw connectFailure(error, url);
  } finally {
    signal.removeEventListener("abort", stop);
    socket.off(event, resolve);
    socket.off("error", reject);
    socket.off("close", closed);
  }
}
