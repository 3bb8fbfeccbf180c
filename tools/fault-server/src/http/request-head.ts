import type { RequestedRange } from "../received-request.ts";

export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
}

/** `undefined` for what is no request. */
export function parseRequestHead(text: string): RequestHead | undefined {
  const [first = "", ...lines] = text.split("\r\n");
  const [, method, target, httpVersion] = /^([!#$%&'*+.^_`|~\w-]+) (\S+) HTTP\/(\d\.\d)$/.exec(first) ?? [];
  if (method === undefined || target === undefined || httpVersion === undefined) return undefined;
  const rawHeaders: [string, string][] = [];
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    rawHeaders.push([name, value]);
  }
  return { method, target, httpVersion, headers: byLowerCaseName(rawHeaders), rawHeaders };
}

/** Of what is not understood, several ranges included, nothing is made: RFC 9110 allows to ignore it. */
export function parseRange(header: string | undefined): RequestedRange | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  const from = first === "" ? undefined : Number(first);
  const to = last === "" ? undefined : Number(last);
  if (from === undefined && to === undefined) return undefined;
  return from !== undefined && to !== undefined && to < from ? undefined : { from, to };
}

function byLowerCaseName(list: readonly (readonly [string, string])[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of list) {
    const earlier = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return Object.fromEntries(headers);
}
