import type { IncomingHttpHeaders } from "node:http";
import type { Content } from "../content/content.ts";
import { type Answer, nothing, textAnswer, whole } from "./answer.ts";

export interface ContentRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * A content, or the one range of it that is asked for; 304 for who has it already.
 *
 * @param headers with the quoted `ETag`, that `If-Range` and `If-None-Match` are compared to.
 */
export function contentAnswer(
  content: Content,
  { method, headers: { range, "if-range": ifRange, "if-none-match": known } }: ContentRequest,
  headers: Readonly<Record<string, string>>,
): Answer {
  const all = { "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", ...headers };
  if (known !== undefined && known === headers["ETag"]) return { status: 304, headers: all, body: nothing };
  const applies = method === "GET" && (ifRange === undefined || ifRange === headers["ETag"]);
  const asked = applies ? parseRange(range, content.sizeBytes) : undefined;
  if (asked === undefined) return { status: 200, headers: all, body: whole(content) };
  if (asked === "unsatisfiable") {
    return textAnswer(416, "Range Not Satisfiable", { ...headers, "Content-Range": `bytes */${content.sizeBytes}` });
  }
  const contentRange = `bytes ${asked.start}-${asked.end - 1}/${content.sizeBytes}`;
  return { status: 206, headers: { ...all, "Content-Range": contentRange }, body: { content, ...asked } };
}

/** Of what is not understood, several ranges included, nothing is made: RFC 9110 allows to ignore it. */
function parseRange(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | "unsatisfiable" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  return start < end ? { start, end } : "unsatisfiable";
}
