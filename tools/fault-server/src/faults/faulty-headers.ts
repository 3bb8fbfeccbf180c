import { type Answer, type Header, headerOf, withHeader } from "../http/answer.ts";
import type { RequestFaults } from "./fault.ts";

export interface Framing {
  readonly hasBody: boolean;
  readonly keepAlive: boolean;
}

export interface FaultyHeaders {
  readonly headers: readonly Header[];
  /** Whether the connection ends after the answer. */
  readonly close: boolean;
}

/** The headers of an answer with those that frame it, and what the faults make of them. */
export function faultyHeaders({ status, headers, body }: Answer, framing: Framing, met: RequestFaults): FaultyHeaders {
  const { length, unframed } = lengthHeaders(status === 304 || status === 204 ? undefined : body.sizeBytes, met);
  const close = !framing.keepAlive || unframed || met.use("close-after") !== undefined;
  let list: readonly Header[] = [["Date", new Date().toUTCString()], ...headers, ...length];
  list = [...list, ["Connection", close ? "close" : "keep-alive"]];
  list = withContentRange(list, status, met);
  const encoding = met.use("encoding");
  if (encoding !== undefined) list = withHeader(list, "Content-Encoding", encoding.encoding);
  for (const [name, value] of Object.entries(met.use("headers")?.headers ?? {})) list = withHeader(list, name, value);
  const liesAndCloses = met.get("content-length")?.effect.thenClose ?? met.get("content-length") !== undefined;
  return { headers: [...list, ...padding(met)], close: close || liesAndCloses };
}

function lengthHeaders(
  sizeBytes: number | undefined,
  met: RequestFaults,
): { readonly length: readonly Header[]; readonly unframed: boolean } {
  if (met.use("no-length") !== undefined) return { length: [], unframed: true };
  if (sizeBytes === undefined) return { length: [], unframed: false };
  const chunked: Header = ["Transfer-Encoding", "chunked"];
  const isChunked = met.get("chunked") ?? met.get("chunked-truncated") ?? met.get("chunked-malformed");
  const size = met.use("content-length")?.bytes ?? sizeBytes;
  const values = met.use("content-length-twice")?.values ?? [size];
  const lengths = values.map((value): Header => ["Content-Length", String(value)]);
  if (met.get("length-and-chunked") !== undefined) return { length: [...lengths, chunked], unframed: false };
  return { length: isChunked === undefined ? lengths : [chunked], unframed: false };
}

function withContentRange(headers: readonly Header[], status: number, met: RequestFaults): readonly Header[] {
  if (status !== 206) return headers;
  if (met.use("no-content-range") !== undefined) return withHeader(headers, "Content-Range", null);
  const lie = met.use("content-range");
  if (lie === undefined) return headers;
  const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headerOf(headers, "Content-Range") ?? "") ?? [];
  const text = lie.text ?? `bytes ${lie.from ?? from}-${lie.to ?? to}/${lie.total ?? total}`;
  return withHeader(headers, "Content-Range", text);
}

function padding(met: RequestFaults): readonly Header[] {
  const fault = met.use("long-head");
  if (fault === undefined) return [];
  const { bytes, lines = 1 } = fault;
  return Array.from({ length: lines }, (_, line): Header => {
    const name = `X-Padding-${line}`;
    const framing = `${name}: \r\n`.length;
    const share = Math.floor(bytes / lines) + (line < bytes % lines ? 1 : 0);
    return [name, "x".repeat(Math.max(0, share - framing))];
  });
}
