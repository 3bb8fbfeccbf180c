import { createSecureContext } from "node:tls";
import { ConnectionPool } from "../connections/connection-pool.ts";
import { exchange } from "../http/exchange.ts";

/** A program: asks for a URL, prints the body, and has nothing more to do, with a connection that would stay for an hour. */
const [url = "", ca = "", proxy = ""] = process.argv.slice(2);
const pool = new ConnectionPool({
  maxConnections: 1,
  maxConnectionsPerHost: 1,
  idleMs: 3_600_000,
  addresses: "any",
  connectTimeoutMs: 10_000,
  secureContext: ca === "" ? undefined : createSecureContext({ ca }),
  lookup: undefined,
});
const origin = new URL(url);
const route = { origin, proxy: proxy === "" ? undefined : new URL(proxy) };
await using answer = await exchange(
  { method: "GET", url: origin },
  {
    pool,
    route,
    answerTimeoutMs: 10_000,
    pace: { minBytesPerSecond: 1, windowMs: 10_000 },
    signal: new AbortController().signal,
  },
);
for await (const piece of answer.pieces()) process.stdout.write(piece);
