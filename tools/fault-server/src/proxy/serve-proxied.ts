import type { MetFaults } from "../faults/fault-board.ts";
import { type ByteReader, byteReader } from "../http/byte-reader.ts";
import { parseRequestHead } from "../http/request-head.ts";
import { unlessGone, type Wire } from "../http/wire.ts";
import { connectUpstream, type Endpoint } from "./connect-upstream.ts";
import type { ProxiedRequest } from "./proxied-request.ts";
import { originForm, type ProxiedTarget, targetOf } from "./proxied-target.ts";
import type { ProxyEffect } from "./proxy-fault.ts";
import { type Refusal, refusalBytes } from "./refusal.ts";
import { relay } from "./relay.ts";

export interface ProxyService {
  /** What `Proxy-Authorization` must be. */
  readonly authorization: string | undefined;
  /** Keeps a request, and says which faults it meets. */
  received(request: ProxiedRequest): MetFaults<ProxyEffect>;
  /** `undefined` for what is out of bounds. */
  endpointOf(host: string, port: number): Endpoint | undefined;
}

type OpenRequest = { -readonly [Key in keyof ProxiedRequest]: ProxiedRequest[Key] };

/** Requests are answered one after the other until one reaches an origin; from there on the connection is that one's. */
export async function serveProxied(wire: Wire, connection: number, service: ProxyService): Promise<void> {
  const reader = byteReader(wire.socket);
  try {
    for (let goesOn = true; goesOn;) goesOn = await serveRequest({ wire, reader, connection, service });
    wire.end("fin");
  } catch (error) {
    if (!wire.gone.aborted && !wire.socket.destroyed) throw error; // else nobody is left to answer
  }
}

interface Call {
  readonly wire: Wire;
  readonly reader: ByteReader;
  readonly connection: number;
  readonly service: ProxyService;
}

/** Whether another request may come. */
async function serveRequest({ wire, reader, connection, service }: Call): Promise<boolean> {
  const text = await reader.head();
  if (text === undefined) return false;
  const head = parseRequestHead(text);
  const target = head && targetOf(head);
  if (head === undefined || target === undefined) {
    await wire.write(refusalBytes({ status: 400 }));
    return false;
  }
  const body = await reader.bytes(Number(head.headers["content-length"] ?? 0));
  const request: OpenRequest = { ...head, connection, status: undefined, bytesRelayed: 0 };
  const met = service.received(request);
  if (await endsBefore(wire, met)) return false;

  const upstream = refusalOf(request, service, met) ?? (await upstreamOf(target, service));
  if ("status" in upstream) {
    request.status = upstream.status;
    await wire.write(refusalBytes(upstream));
    return true;
  }
  const early = reader.release();
  if (head.method === "CONNECT") {
    const garbage = met.use("garbage");
    await wire.write(Buffer.from(garbage?.text ?? "HTTP/1.1 200 Connection established\r\n\r\n", "latin1"));
    if (garbage !== undefined) {
      upstream.destroy();
      return false;
    }
    request.status = 200;
    upstream.write(early);
  } else {
    upstream.write(Buffer.concat([originForm(head, target), body]));
  }
  await relay(upstream, wire, { cut: met.get("cut"), onRelayed: (bytes) => void (request.bytesRelayed += bytes) });
  return false;
}

async function endsBefore(wire: Wire, met: MetFaults<ProxyEffect>): Promise<boolean> {
  const stall = met.get("stall");
  stall?.note();
  if (stall !== undefined) await unlessGone(stall.withdrawn, wire.gone);
  const drop = met.use("drop");
  if (drop === undefined && met.use("reset") === undefined) return false;
  wire.end(drop === undefined ? "reset" : "fin");
  return true;
}

function refusalOf(
  { headers }: ProxiedRequest,
  { authorization }: ProxyService,
  met: MetFaults<ProxyEffect>,
): Refusal | undefined {
  if (authorization !== undefined && headers["proxy-authorization"] !== authorization) {
    return { status: 407, headers: { "Proxy-Authenticate": 'Basic realm="test"' } };
  }
  return met.use("refuse");
}

async function upstreamOf({ host, port }: ProxiedTarget, service: ProxyService): ReturnType<typeof connectUpstream> {
  const endpoint = service.endpointOf(host, port);
  if (endpoint !== undefined) return connectUpstream(endpoint);
  return { status: 502, body: `${host} is not of this machine, and the test says nothing about it.\n` };
}
