import type { ConnectionEffect, ConnectionFault } from "../../fault-server/src/faults/connection-fault.ts";
import type { Fault, FaultEffect, RequestFaults } from "../../fault-server/src/faults/fault.ts";
import { faultBoard, type InjectedFault } from "../../fault-server/src/faults/fault-board.ts";
import type { Answer } from "../../fault-server/src/http/answer.ts";
import { listen } from "../../fault-server/src/listen.ts";
import type { ReceivedRequest } from "../../fault-server/src/received-request.ts";
import { requestLog } from "../../fault-server/src/request-log.ts";
import { serveConnection, type Service } from "../../fault-server/src/serve-connection.ts";
import { testCertificate } from "../../fault-server/src/tls/test-authority.ts";

/**
 * What the fault server is made of, for answers that depend on the request as `put` and `route` do not have it: all of its
 * faults act on them. Several ports may share one log and one board of faults.
 */
export interface ServerGroup extends AsyncDisposable {
  readonly endpoints: readonly Endpoint[];
  /** The authority that signed the certificate, in PEM; `undefined` without TLS. */
  readonly ca: string | undefined;
  /** What all endpoints have been sent so far, in the order in which it came. */
  readonly requests: readonly ReceivedRequest[];
  /** How many connections there have been. */
  readonly connections: number;
  /** How many of them are there now. */
  readonly openConnections: number;
  /** Of all bodies, as they were handed to the system, without the framing of chunks. */
  readonly bodyBytesSent: number;
  /** Makes matching requests go wrong, until `times` is used up or it is withdrawn. All that the fault server knows. */
  inject(fault: Fault): InjectedFault;
  /** Connections are known by their numbers, from 1 on each endpoint. */
  injectOnConnection(fault: ConnectionFault): InjectedFault;
  /** The first such request, if need be when it comes. Rejects when the server closes before. @default any */
  requestArrived(predicate?: (request: ReceivedRequest) => boolean): Promise<ReceivedRequest>;
  /** Resolves when no connection is there, at once or later. */
  allConnectionsClosed(): Promise<void>;
  close(): Promise<void>;
}

export interface Endpoint {
  /** `http://127.0.0.1:40123`, or `https://localhost:40123`. */
  readonly origin: string;
  readonly port: number;
}

export type Respond = (request: ReceivedRequest, met: RequestFaults) => Answer;

export interface ServerGroupOptions {
  /** @default false */
  readonly tls?: boolean;
  /** What the certificate names, besides `localhost` and the addresses. */
  readonly names?: readonly string[];
  /** The clock that the answers' `Date` is of, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** @param responders of one endpoint each. */
export async function startServerGroup(
  responders: readonly Respond[],
  { tls = false, names = [], now = Date.now }: ServerGroupOptions = {},
): Promise<ServerGroup> {
  const faults = faultBoard<ReceivedRequest, FaultEffect>();
  const connectionFaults = faultBoard<number, ConnectionEffect>();
  const log = requestLog<ReceivedRequest>();
  let bodyBytesSent = 0;
  const certificate = tls ? await testCertificate(names) : undefined;
  const address = { host: "127.0.0.1", certificate, faults: connectionFaults };
  const listeners = await Promise.all(
    responders.map(async (respond) => {
      const service: Service = {
        received(request) {
          log.add(request);
          return datedBy(now, request, faults.meet(request));
        },
        respond,
        sent: (bytes) => void (bodyBytesSent += bytes),
      };
      return listen(address, async (wire, connection) => serveConnection(wire, connection, service));
    }),
  );
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map(async (listener) => listener.close()));
    log.close();
  };
  return {
    endpoints: listeners.map(({ port }) => ({
      port,
      origin: certificate === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    })),
    ca: certificate?.ca,
    requests: log.requests,
    get connections() {
      return listeners.reduce((sum, { accepted }) => sum + accepted, 0);
    },
    get openConnections() {
      return listeners.reduce((sum, { open }) => sum + open, 0);
    },
    get bodyBytesSent() {
      return bodyBytesSent;
    },
    inject: (fault) => faults.inject(fault),
    injectOnConnection: (fault) => connectionFaults.inject(fault),
    requestArrived: (predicate) => log.arrived(predicate),
    async allConnectionsClosed() {
      await Promise.all(listeners.map(async (listener) => listener.allClosed()));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Clients set their clocks by `Date`: it is always that of the server, unless a fault says otherwise. */
function datedBy(now: () => number, request: ReceivedRequest, met: RequestFaults): RequestFaults {
  const board = faultBoard<ReceivedRequest, FaultEffect>();
  const headers = { Date: new Date(now()).toUTCString(), ...met.get("headers")?.effect.headers };
  board.inject({ kind: "headers", headers });
  const dated = board.meet(request);
  return {
    get: (kind) => met.get(kind),
    use(kind) {
      const effect = met.use(kind);
      return kind === "headers" ? dated.use(kind) : effect;
    },
  };
}
