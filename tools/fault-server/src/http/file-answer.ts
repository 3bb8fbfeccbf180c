import { randomUUID } from "node:crypto";
import { type Content, corrupted, joined, partOf, textContent } from "../content/content.ts";
import { etagOf, fileContent } from "../content/file-content.ts";
import type { RequestFaults } from "../faults/fault.ts";
import type { FileSpec } from "../file-spec.ts";
import type { ReceivedRequest, RequestedRange } from "../received-request.ts";
import { type Answer, answer, textAnswer } from "./answer.ts";

/** A file or the range of it that is asked for, as RFC 9110 has it, but for the faults. */
export function fileAnswer(file: FileSpec, request: ReceivedRequest, met: RequestFaults): Answer {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return textAnswer(405, "Method Not Allowed", { Allow: "GET, HEAD" });
  }
  const validators = validatorsOf(file, met);
  const { ifMatch, ifNoneMatch, ifRange } = preconditions(request, validators);
  if (!ifMatch) return textAnswer(412, "Precondition Failed", headersOf(validators));
  if (!ifNoneMatch) return answer(304, headersOf(validators), textContent(""));

  const content = fileContent(file.content);
  const ranges = file.ranges ?? true;
  const all = {
    "Content-Type": file.contentType ?? "application/octet-stream",
    ...(ranges && { "Accept-Ranges": "bytes" }),
    ...headersOf(validators),
    ...file.headers,
  };
  const unsatisfiable = met.use("range-not-satisfiable");
  if (unsatisfiable !== undefined) return rangeNotSatisfiable(unsatisfiable.total ?? content.sizeBytes, validators);
  const range =
    request.method === "GET" && ranges && ifRange ? rangeOf(request.range, content.sizeBytes, met) : undefined;
  if (range === undefined) return answer(200, all, sentPart(content, { start: 0, end: content.sizeBytes }, met));
  if (range === "unsatisfiable") return rangeNotSatisfiable(content.sizeBytes, validators);
  const part = sentPart(content, range, met);
  const contentRange = `bytes ${range.start}-${range.end - 1}/${content.sizeBytes}`;
  if (met.use("multipart") !== undefined) return multipart(part, contentRange, all);
  return answer(206, { ...all, "Content-Range": contentRange }, part);
}

interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

/** Exclusive of its end. */
interface Range {
  readonly start: number;
  readonly end: number;
}

function validatorsOf(
  { content, etag = etagOf(content), lastModified = null }: FileSpec,
  met: RequestFaults,
): Validators {
  const other = met.use("etag");
  return { etag: other === undefined ? etag : other.value, lastModified: lastModified?.toUTCString() ?? null };
}

function headersOf({ etag, lastModified }: Validators): Record<string, string> {
  return { ...(etag !== null && { ETag: etag }), ...(lastModified !== null && { "Last-Modified": lastModified }) };
}

/** Whether each of them lets the request go on. A weak ETag is never good enough for bytes to be put together by it. */
function preconditions(
  { headers }: ReceivedRequest,
  { etag, lastModified }: Validators,
): Readonly<Record<"ifMatch" | "ifNoneMatch" | "ifRange", boolean>> {
  const match = headers["if-match"];
  const noneMatch = headers["if-none-match"];
  const range = headers["if-range"];
  const strong = etag !== null && !etag.startsWith("W/");
  return {
    ifMatch: match === undefined || match === "*" || (strong && etagsIn(match).includes(etag)),
    ifNoneMatch:
      noneMatch === undefined || (noneMatch !== "*" && !(etag !== null && weakly(noneMatch).includes(weak(etag)))),
    ifRange: range === undefined || (strong && range === etag) || (lastModified !== null && range === lastModified),
  };
}

function etagsIn(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

function weakly(list: string): readonly string[] {
  return etagsIn(list).map(weak);
}

function weak(etag: string): string {
  return etag.replace(/^W\//, "");
}

function rangeOf(
  asked: RequestedRange | undefined,
  sizeBytes: number,
  met: RequestFaults,
): Range | "unsatisfiable" | undefined {
  if (asked === undefined) {
    const unasked = met.use("unasked-range");
    return unasked && { start: unasked.from ?? 0, end: (unasked.to ?? sizeBytes - 1) + 1 };
  }
  if (met.use("ignore-range") !== undefined) return undefined;
  const { from, to } = asked;
  const start = from ?? Math.max(0, sizeBytes - (to ?? 0));
  const end = from === undefined || to === undefined ? sizeBytes : Math.min(sizeBytes, to + 1);
  return start < end ? { start, end } : "unsatisfiable";
}

function rangeNotSatisfiable(total: number | "*", validators: Validators): Answer {
  return textAnswer(416, "Range Not Satisfiable", { ...headersOf(validators), "Content-Range": `bytes */${total}` });
}

function sentPart(content: Content, { start, end }: Range, met: RequestFaults): Content {
  const part = partOf(content, start, end);
  const corrupt = met.get("corrupt");
  if (corrupt === undefined || corrupt.effect.atByte < start || corrupt.effect.atByte >= end) return part;
  corrupt.note();
  return corrupted(part, corrupt.effect.atByte - start);
}

function multipart(part: Content, contentRange: string, all: Readonly<Record<string, string>>): Answer {
  const boundary = randomUUID();
  const head = [`--${boundary}`, `Content-Type: ${all["Content-Type"]}`, `Content-Range: ${contentRange}`];
  const body = joined([textContent(`${head.join("\r\n")}\r\n\r\n`), part, textContent(`\r\n--${boundary}--\r\n`)]);
  return answer(206, { ...all, "Content-Type": `multipart/byteranges; boundary=${boundary}` }, body);
}
