import type { RequestHead } from "../http/request-head.ts";

export interface ProxiedTarget {
  readonly host: string;
  readonly port: number;
  /** With the query; empty for CONNECT. */
  readonly path: string;
}

/** `undefined` for what no proxy hands on. */
export function targetOf({ method, target }: RequestHead): ProxiedTarget | undefined {
  const isTunnel = method === "CONNECT";
  const text = isTunnel ? `http://${target}` : target;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname, search } = new URL(text);
  if (protocol !== "http:") return undefined;
  return {
    host: hostname.replace(/^\[|\]$/g, ""),
    port: Number(port || 80),
    path: isTunnel ? "" : `${pathname}${search}`,
  };
}

/** The head as the origin gets it: for its path, of one request only, and without what was meant for the proxy. */
export function originForm({ method, rawHeaders }: RequestHead, { path }: ProxiedTarget): Buffer {
  const handedOn = rawHeaders.filter(([name]) => !/^(proxy-.*|connection|keep-alive)$/i.test(name));
  const lines = handedOn.map(([name, value]) => `${name}: ${value}`);
  return Buffer.from([`${method} ${path} HTTP/1.1`, ...lines, "Connection: close", "", ""].join("\r\n"), "latin1");
}
