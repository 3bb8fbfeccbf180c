import type { ConnectionEffect, ConnectionFault } from "./faults/connection-fault.ts";
import type { Fault, FaultEffect } from "./faults/fault.ts";
import { faultBoard, type InjectedFault } from "./faults/fault-board.ts";
import type { FileSpec } from "./file-spec.ts";
import { textAnswer } from "./http/answer.ts";
import { fileAnswer } from "./http/file-answer.ts";
import { listen } from "./listen.ts";
import type { ReceivedRequest } from "./received-request.ts";
import { requestLog } from "./request-log.ts";
import type { RouteHandler } from "./route.ts";
import { serveConnection, type Service } from "./serve-connection.ts";
import { testCertificate } from "./tls/test-authority.ts";

/** An origin server of this machine, that lies and breaks on request. It ends, with all connections, when it is disposed of. */
export interface FaultServer extends AsyncDisposable {
  /** `http://127.0.0.1:40123`, or `https://localhost:40123`. */
  readonly origin: string;
  readonly port: number;
  /** The authority that signed its certificate, in PEM; `undefined` without TLS. */
  readonly ca: string | undefined;
  /** What it has been sent so far, in the order in which it came. */
  readonly requests: readonly ReceivedRequest[];
  /** How many connections it has accepted; with TLS, before any handshake. */
  readonly connections: number;
  /** How many of them are there now. */
  readonly openConnections: number;
  /** Of all bodies, as they were handed to the system, without the framing of chunks. */
  readonly bodyBytesSent: number;
  /** Puts a file at a path, or another one in its place. A path without a query stands for all queries. */
  put(path: string, file: FileSpec): void;
  /** @param to may depend on the request, as signed URLs do. */
  redirect(from: string, to: string | ((request: ReceivedRequest) => string), options?: RedirectOptions): void;
  /** Answers by hand, below HTTP. Faults that come before the answer, and those that replace it, act all the same. */
  route(path: string, handler: RouteHandler): void;
  /** Makes matching requests go wrong, until `times` is used up or it is withdrawn. */
  inject(fault: Fault): InjectedFault;
  /** Makes connections go wrong before anything is read from them; they are known by their numbers, from 1. */
  injectOnConnection(fault: ConnectionFault): InjectedFault;
  /** The first such request, if need be when it comes. Rejects when the server closes before. @default any */
  requestArrived(predicate?: (request: ReceivedRequest) => boolean): Promise<ReceivedRequest>;
  /** Resolves when no connection is there, at once or later. */
  allConnectionsClosed(): Promise<void>;
  close(): Promise<void>;
}

export interface FaultServerOptions {
  /** @default false */
  readonly tls?: boolean;
  /** What its certificate names, besides `localhost`, `127.0.0.1` and `::1`. @default ["models.test", "cdn.test", "*.models.test"] */
  readonly names?: readonly string[];
  /** @default "127.0.0.1" */
  readonly host?: "127.0.0.1" | "::1";
}

export interface RedirectOptions {
  /** @default 302 */
  readonly status?: number;
}

export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { tls = false, names = defaultNames, host = "127.0.0.1" } = options;
  const resources = new Map<string, Service["respond"]>();
  const faults = faultBoard<ReceivedRequest, FaultEffect>();
  const connectionFaults = faultBoard<number, ConnectionEffect>();
  const log = requestLog<ReceivedRequest>();
  let bodyBytesSent = 0;
  const service: Service = {
    received(request) {
      log.add(request);
      return faults.meet(request);
    },
    respond(request, met) {
      const resource = resources.get(request.path) ?? resources.get(request.path.replace(/\?.*/s, ""));
      return resource?.(request, met) ?? textAnswer(404, "Not Found");
    },
    sent: (bytes) => void (bodyBytesSent += bytes),
  };
  const certificate = tls ? await testCertificate(names) : undefined;
  const listening = await listen({ host, certificate, faults: connectionFaults }, async (wire, connection) =>
    serveConnection(wire, connection, service),
  );

  const close = async (): Promise<void> => {
    await listening.close();
    log.close();
  };
  return {
    origin:
      certificate === undefined ? `http://${urlHost(host)}:${listening.port}` : `https://localhost:${listening.port}`,
    port: listening.port,
    ca: certificate?.ca,
    requests: log.requests,
    get connections() {
      return listening.accepted;
    },
    get openConnections() {
      return listening.open;
    },
    get bodyBytesSent() {
      return bodyBytesSent;
    },
    put: (path, file) => void resources.set(path, (request, met) => fileAnswer(file, request, met)),
    redirect(from, to, { status = 302 } = {}) {
      resources.set(from, (request) => {
        const location = typeof to === "string" ? to : to(request);
        return textAnswer(status, "Redirected", { Location: location });
      });
    },
    route: (path, handler) => void resources.set(path, () => handler),
    inject: (fault) => faults.inject(fault),
    injectOnConnection: (fault) => connectionFaults.inject(fault),
    requestArrived: (predicate) => log.arrived(predicate),
    allConnectionsClosed: () => listening.allClosed(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

const defaultNames = ["models.test", "cdn.test", "*.models.test"];
