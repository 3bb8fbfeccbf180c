import type { ConnectionEffect, ConnectionFault } from "../faults/connection-fault.ts";
import { faultBoard, type InjectedFault } from "../faults/fault-board.ts";
import { listen } from "../listen.ts";
import { requestLog } from "../request-log.ts";
import { testCertificate } from "../tls/test-authority.ts";
import type { Endpoint } from "./connect-upstream.ts";
import type { ProxiedRequest } from "./proxied-request.ts";
import type { ProxyEffect, ProxyFault } from "./proxy-fault.ts";
import { serveProxied } from "./serve-proxied.ts";

/** A forward proxy of this machine, to origins of this machine. It ends, with all connections, when it is disposed of. */
export interface TestProxy extends AsyncDisposable {
  /** `http://127.0.0.1:40123`, or `https://localhost:40123`. */
  readonly origin: string;
  readonly port: number;
  /** The authority that signed its certificate, in PEM, the same one as that of fault servers; `undefined` without TLS. */
  readonly ca: string | undefined;
  /** What it has been sent so far, in the order in which it came. */
  readonly requests: readonly ProxiedRequest[];
  /** How many connections it has accepted. */
  readonly connections: number;
  /** How many of them are there now. */
  readonly openConnections: number;
  /** Makes matching requests go wrong, until `times` is used up or it is withdrawn. */
  inject(fault: ProxyFault): InjectedFault;
  /** Makes connections go wrong before anything is read from them. */
  injectOnConnection(fault: ConnectionFault): InjectedFault;
  /** The first such request, if need be when it comes. Rejects when the proxy closes before. @default any */
  requestArrived(predicate?: (request: ProxiedRequest) => boolean): Promise<ProxiedRequest>;
  /** Resolves when no connection is there, at once or later. */
  allConnectionsClosed(): Promise<void>;
  close(): Promise<void>;
}

export interface TestProxyOptions {
  /** `user:password`, without which it answers 407. @default none is asked for */
  readonly auth?: string;
  /** Where a name leads. Where it says nothing, the name must be one of this machine. */
  readonly resolve?: (host: string, port: number) => Endpoint | undefined;
  /** Whether it is spoken to over TLS. @default false */
  readonly tls?: boolean;
}

export async function startTestProxy({ auth, resolve, tls = false }: TestProxyOptions = {}): Promise<TestProxy> {
  const faults = faultBoard<ProxiedRequest, ProxyEffect>();
  const connectionFaults = faultBoard<number, ConnectionEffect>();
  const log = requestLog<ProxiedRequest>();
  const certificate = tls ? await testCertificate([]) : undefined;
  const authorization = auth === undefined ? undefined : `Basic ${Buffer.from(auth).toString("base64")}`;
  const service = {
    authorization,
    received(request: ProxiedRequest) {
      log.add(request);
      return faults.meet(request);
    },
    endpointOf: (host: string, port: number) =>
      resolve?.(host, port) ?? (isLoopback(host) ? { host, port } : undefined),
  };
  const listening = await listen(
    { host: "127.0.0.1", certificate, faults: connectionFaults },
    async (wire, connection) => serveProxied(wire, connection, service),
  );
  const close = async (): Promise<void> => {
    await listening.close();
    log.close();
  };
  return {
    origin: `${tls ? "https://localhost" : "http://127.0.0.1"}:${listening.port}`,
    port: listening.port,
    ca: certificate?.ca,
    requests: log.requests,
    get connections() {
      return listening.accepted;
    },
    get openConnections() {
      return listening.open;
    },
    inject: (fault) => faults.inject(fault),
    injectOnConnection: (fault) => connectionFaults.inject(fault),
    requestArrived: (predicate) => log.arrived(predicate),
    allConnectionsClosed: () => listening.allClosed(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isLoopback(host: string): boolean {
  return ["127.0.0.1", "::1", "localhost"].includes(host);
}
