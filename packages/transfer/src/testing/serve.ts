import { inspect } from "node:util";
import type { LookupFunction } from "node:net";
import {
  type FaultServer,
  type FaultServerOptions,
  startFaultServer,
} from "../../../../tools/fault-server/src/index.ts";
import type { HttpAnswer } from "../http/exchange.ts";
import { type HttpClient, httpClient } from "../http/http-client.ts";
import type { HttpClientOptions } from "../http/http-client-options.ts";
import type { HttpRequest } from "../http/request-head.ts";

/** A server with a client that trusts it; both end with the test. */
export interface Served extends AsyncDisposable {
  readonly server: FaultServer;
  readonly client: HttpClient;
}

export async function serve(options: HttpClientOptions = {}, serverOptions: FaultServerOptions = {}): Promise<Served> {
  const server = await startFaultServer(serverOptions);
  const client = httpClient({ ...(server.ca !== undefined && { ca: server.ca }), ...options });
  return {
    server,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await server.close();
    },
  };
}

/** What is never aborted. */
export function unaborted(): AbortSignal {
  return new AbortController().signal;
}

export type RequestParts = Partial<Omit<HttpRequest, "url">> & { readonly signal?: AbortSignal };

export async function open(client: HttpClient, url: string, parts: RequestParts = {}): Promise<HttpAnswer> {
  const { signal = unaborted(), method = "GET", ...rest } = parts;
  return client.open({ ...rest, method, url: new URL(url) }, signal);
}

export interface WholeAnswer {
  readonly status: number;
  readonly url: string;
  readonly body: Buffer;
}

/** The whole answer; its connection is given back. */
export async function get(client: HttpClient, url: string, parts: RequestParts = {}): Promise<WholeAnswer> {
  await using answer = await open(client, url, parts);
  return { status: answer.head.status, url: answer.url.href, body: await bodyOf(answer) };
}

export async function bodyOf(answer: HttpAnswer): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of answer.pieces()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** What it rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new TypeError(`expected a failure, got ${inspect(value)}`);
    },
    (error: unknown) => error,
  );
}

/** All that somebody who prints an error could see of it. */
export function printed(error: unknown): string {
  const json = JSON.stringify(error) ?? "";
  return `${inspect(error, { depth: null, showHidden: true })}\n${json}\n${error instanceof Error ? error.stack : ""}`;
}

/** Resolves names to these addresses, anew each time; others are unknown. */
export function resolver(
  table: Readonly<Record<string, readonly string[]>>,
): LookupFunction & { readonly asked: string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = (host, _options, callback) => {
    asked.push(host);
    const found = table[host];
    if (found === undefined)
      return callback(Object.assign(new Error(`getaddrinfo ${host}`), { code: "ENOTFOUND" }), []);
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return Object.assign(lookup, { asked });
}
