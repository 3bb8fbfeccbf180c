import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { listenOnLoopback } from "./loopback-port.ts";

/** What a connection may be behind its rate, and make up for at once: timers are late. */
const slackMs = 20;

export interface Throttle {
  readonly port: number;
  /** When the last byte went to a client, in ms since 1970. */
  lastByteAtMs(): number;
  close(): Promise<void>;
}

/**
 * A relay to `serverPort` that gives each connection `bytesPerSecond`, however many responses it carries. The server's own
 * `limit_rate` is for each response, with a second's worth at once: whoever asks for small enough ranges is not held at all.
 */
export async function startThrottle(serverPort: number, bytesPerSecond: number): Promise<Throttle> {
  let lastByteAtMs = 0;
  const server = createServer((client) => {
    void relay(client, serverPort, async function* paced(chunks: AsyncIterable<Buffer>) {
      let freeAtMs = 0;
      for await (const chunk of chunks) {
        lastByteAtMs = Date.now();
        yield chunk;
        const nowMs = performance.now();
        freeAtMs = Math.max(freeAtMs, nowMs - slackMs) + (1_000 * chunk.length) / bytesPerSecond;
        if (freeAtMs > nowMs) await sleep(freeAtMs - nowMs);
      }
    });
  });
  return {
    port: await listenOnLoopback(server),
    lastByteAtMs: () => lastByteAtMs,
    close: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

type Paced = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** A side that breaks off ends the other; that is the client's business, and not the measuring's. */
async function relay(client: Socket, serverPort: number, paced: Paced): Promise<void> {
  const server = connect(serverPort, "127.0.0.1");
  await Promise.allSettled([pipeline(client, server), pipeline(server, paced, client)]);
  client.destroy();
  server.destroy();
}
