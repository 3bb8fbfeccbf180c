import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as after } from "node:timers/promises";
import type { Caller } from "../access/caller.ts";
import { effectOf, type FaultBoard, type MetFault } from "../faults/fault-board.ts";
import { alteredAnswer, answerOfFault } from "../faults/faulty-answer.ts";
import { sendBody } from "../faults/faulty-body.ts";
import type { HubCall } from "../hub-state.ts";
import type { HubRequest } from "../hub-request.ts";
import type { Answer } from "./answer.ts";
import { HubError } from "./hub-error.ts";

/** What one of the servers is. */
export interface ServerRole {
  readonly server: "hub" | "cdn";
  readonly faults: FaultBoard;
  readonly requests: HubRequest[];
  /** In milliseconds since the hub began. */
  readonly now: () => number;
  readonly callerOf: (authorization: string | undefined) => Caller;
  readonly answer: (call: HubCall) => Answer;
  /** Of every answer, errors and injected ones included. */
  readonly headers: (request: HubRequest, requestNumber: number) => Readonly<Record<string, string>>;
}

/** From the request to the end of the answer, with the faults that it meets. Rejects only for mistakes of the hub. */
export async function exchange(role: ServerRole, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { server } = role;
  const { method = "GET", url: path = "/", headers } = request;
  const record: Writable<HubRequest> = {
    server,
    method,
    path,
    headers,
    status: undefined,
    bodyBytes: 0,
    startedMs: role.now(),
  };
  const common = role.headers(record, role.requests.push(record));
  const met = role.faults.meet({ server, method, path });
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.on("error", () => {}); // the write that failed says so too
  try {
    const body = method === "POST" ? await text(request) : "";
    await delay(met, gone.signal);
    if (drop(met, request)) return;
    const { headers: own, ...plain } = answerOfFault(met) ?? answerOf(role, callOf(role, record, { body, met }));
    const answer = alteredAnswer(met, { ...plain, headers: { ...common, ...own } });
    record.status = answer.status;
    response.writeHead(answer.status, headersOf(answer));
    const onSent = (bytes: number): void => void (record.bodyBytes = bytes);
    if (method === "HEAD") response.end();
    else await sendBody(response, answer.body, { met, gone: gone.signal, onSent });
  } catch (error) {
    if (!gone.signal.aborted && !request.socket.destroyed) throw error; // else nobody is left to answer
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

async function delay(met: readonly MetFault[], signal: AbortSignal): Promise<void> {
  const latency = effectOf(met, "latency");
  latency?.note();
  if (latency !== undefined) await after(latency.effect.ms, undefined, { signal });
}

function drop(met: readonly MetFault[], request: IncomingMessage): boolean {
  const fault = effectOf(met, "drop");
  if (fault === undefined) return false;
  request.socket.destroy();
  fault.note();
  return true;
}

function answerOf(role: ServerRole, call: HubCall): Answer {
  try {
    return role.answer(call);
  } catch (error) {
    if (error instanceof HubError) return error.answer;
    throw error;
  }
}

interface Circumstances {
  readonly body: string;
  readonly met: readonly MetFault[];
}

function callOf(role: ServerRole, request: HubRequest, { body, met }: Circumstances): HubCall {
  const { method, path, headers } = request;
  const [pathname = "/", ...query] = path.split("?");
  const expired = effectOf(met, "expired-signature");
  const whole = effectOf(met, "ignore-range");
  expired?.note();
  whole?.note();
  return {
    method,
    headers: whole === undefined ? headers : { ...headers, range: undefined },
    segments: pathname.split("/").slice(1).map(decoded),
    query: new URLSearchParams(query.join("?")),
    pathAndQuery: path,
    caller: role.callerOf(headers.authorization),
    body,
    expiredSignatures: expired !== undefined,
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return segment;
    throw error;
  }
}

function headersOf({ status, headers, body }: Answer): Record<string, string> {
  const length = status === 304 ? {} : { "Content-Length": String(body.end - body.start) };
  return { ...length, ...headers };
}
