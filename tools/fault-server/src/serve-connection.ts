import { setTimeout as after } from "node:timers/promises";
import type { RequestFaults } from "./faults/fault.ts";
import { faultAnswer } from "./faults/fault-answer.ts";
import type { Answer } from "./http/answer.ts";
import { byteReader, type ByteReader } from "./http/byte-reader.ts";
import { message } from "./http/message.ts";
import { parseRange, parseRequestHead } from "./http/request-head.ts";
import { sendMessage } from "./http/send-message.ts";
import { unlessGone, type Wire } from "./http/wire.ts";
import type { ReceivedRequest } from "./received-request.ts";
import type { RouteHandler } from "./route.ts";

/** What a server does with the requests of its connections. */
export interface Service {
  /** Keeps a request, and says which faults it meets. */
  received(request: ReceivedRequest): RequestFaults;
  respond(request: ReceivedRequest, met: RequestFaults): Answer | RouteHandler;
  sent(bodyBytes: number): void;
}

type OpenRequest = { -readonly [Key in keyof ReceivedRequest]: ReceivedRequest[Key] };

/** One request after the other, until the connection ends. Rejects only for mistakes of the server and of routes. */
export async function serveConnection(wire: Wire, connection: number, service: Service): Promise<void> {
  const reader = byteReader(wire.socket);
  try {
    for (let exchange = 1, goesOn = true; goesOn; exchange++) {
      const request = await readRequest(reader, connection, exchange);
      if (request === "ended") return wire.end("fin");
      if (request === "malformed") {
        await wire.write(Buffer.from("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        return wire.end("fin");
      }
      goesOn = await answerRequest(wire, request, service);
    }
  } catch (error) {
    if (!wire.gone.aborted && !wire.socket.destroyed) throw error; // else nobody is left to answer
  }
}

async function readRequest(
  reader: ByteReader,
  connection: number,
  exchange: number,
): Promise<OpenRequest | "ended" | "malformed"> {
  const text = await reader.head();
  if (text === undefined) return "ended";
  const head = parseRequestHead(text);
  const length = Number(head?.headers["content-length"] ?? 0);
  if (head === undefined || !Number.isSafeInteger(length) || "transfer-encoding" in head.headers) return "malformed";
  const { target: path, ...rest } = head;
  const body = await reader.bytes(length);
  const range = parseRange(head.headers["range"]);
  return { ...rest, path, body, connection, exchange, range, status: undefined, bodyBytesSent: 0 };
}

async function answerRequest(wire: Wire, request: OpenRequest, service: Service): Promise<boolean> {
  const met = service.received(request);
  await wait(wire, met);
  if (endsBefore(wire, met)) return false;
  const response = faultAnswer(met) ?? service.respond(request, met);
  if (typeof response === "function") {
    await response(request, wire);
    return !wire.socket.destroyed && !wire.socket.writableEnded;
  }
  request.status = response.status;
  const keepAlive = keepsAlive(request);
  return sendMessage(wire, message(response, { method: request.method, keepAlive }, met), {
    met,
    onSent(bytes) {
      service.sent(bytes - request.bodyBytesSent);
      request.bodyBytesSent = bytes;
    },
  });
}

async function wait(wire: Wire, met: RequestFaults): Promise<void> {
  const latency = met.use("latency");
  if (latency !== undefined) await after(latency.ms, undefined, { signal: wire.gone });
  const stall = met.get("stall-head");
  stall?.note();
  if (stall !== undefined) await unlessGone(stall.withdrawn, wire.gone);
}

function endsBefore(wire: Wire, met: RequestFaults): boolean {
  const drop = met.get("drop");
  const fault = drop ?? met.get("reset");
  if (fault === undefined) return false;
  wire.end(drop === undefined ? "reset" : "fin");
  fault.note();
  return true;
}

function keepsAlive({ httpVersion, headers }: ReceivedRequest): boolean {
  const wish = headers["connection"]?.toLowerCase();
  return httpVersion === "1.1" ? wish !== "close" : wish === "keep-alive";
}
