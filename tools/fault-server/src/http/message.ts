import { STATUS_CODES } from "node:http";
import { bytesContent, type Content } from "../content/content.ts";
import type { RequestFaults } from "../faults/fault.ts";
import { faultyHeaders } from "../faults/faulty-headers.ts";
import type { Answer, Header } from "./answer.ts";
import { type BodyCoding, codingOf } from "./body-coding.ts";

/** An answer as it goes over the wire. */
export interface Message {
  readonly head: Content;
  readonly body: Content;
  readonly coding: BodyCoding;
  /** Whether the connection ends after it. */
  readonly close: boolean;
}

export interface Exchange {
  readonly method: string;
  /** Whether the client lets the connection stay open. */
  readonly keepAlive: boolean;
}

export function message(answered: Answer, { method, keepAlive }: Exchange, met: RequestFaults): Message {
  const hasBody = method !== "HEAD" && answered.status !== 304 && answered.status !== 204;
  const { headers, close } = faultyHeaders(answered, { hasBody, keepAlive }, met);
  const body = hasBody ? answered.body : bytesContent(new Uint8Array());
  return {
    head: headContent(answered, headers, met),
    body,
    coding: codingOf(hasBody ? body.sizeBytes : undefined, met),
    close,
  };
}

function headContent({ status, reason }: Answer, headers: readonly Header[], met: RequestFaults): Content {
  const version = met.get("no-length")?.effect.httpVersion ?? "1.1";
  const statusLine = met.use("bad-status-line")?.text ?? `HTTP/${version} ${status} ${reason}`;
  return bytesContent(Buffer.from(`${informational(met)}${linesOf([statusLine], headers)}`, "latin1"));
}

function informational(met: RequestFaults): string {
  const fault = met.use("informational");
  if (fault === undefined) return "";
  const { status = 103, headers = {}, repeat = 1 } = fault;
  return linesOf([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`], Object.entries(headers)).repeat(repeat);
}

function linesOf(first: readonly string[], headers: readonly Header[]): string {
  return [...first, ...headers.map(([name, value]) => `${name}: ${value}`), "", ""].join("\r\n");
}
