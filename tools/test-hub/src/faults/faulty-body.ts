import type { ServerResponse } from "node:http";
import { setTimeout as after } from "node:timers/promises";
import { chunkBytes } from "../content/content.ts";
import type { Body } from "../http/answer.ts";
import { effectOf, type MetFault } from "./fault-board.ts";

export interface Sending {
  readonly met: readonly MetFault[];
  /** Aborted when the connection has ended. */
  readonly gone: AbortSignal;
  /** Told how many bytes of the body have been handed over so far. */
  readonly onSent: (bytes: number) => void;
}

/**
 * Sends a body piece by piece, as fast as it is taken, or slower where a fault says so; and ends the response.
 *
 * Each piece is waited for until the system has it: a cut or a stall comes exactly after the bytes before it.
 */
export async function sendBody(response: ServerResponse, body: Body, { met, gone, onSent }: Sending): Promise<void> {
  const cut = effectOf(met, "cut");
  const stall = effectOf(met, "stall");
  const throttle = effectOf(met, "throttle");
  const cutAt = cut?.effect.afterBytes ?? Infinity;
  const stallAt = stall?.effect.afterBytes ?? Infinity;
  const bytesPerSecond = throttle?.effect.bytesPerSecond ?? Infinity;
  const total = body.end - body.start;
  throttle?.note();

  for (let sent = 0; sent < total;) {
    if (stall !== undefined && sent === stallAt) {
      if (sent === 0) response.flushHeaders();
      stall.note();
      await unlessGone(stall.removed, gone);
    }
    if (cut !== undefined && sent === cutAt) {
      if (sent === 0) response.flushHeaders();
      response.socket?.destroySoon(); // what was written is still sent
      cut.note();
      return;
    }
    const next = Math.min(total, ...[cutAt, stallAt].filter((at) => at > sent));
    const length = Math.min(next - sent, chunkBytes, Math.ceil(bytesPerSecond / 20));
    await write(response, body.content.read(body.start + sent, length), gone);
    sent += length;
    onSent(sent);
    if (throttle !== undefined && sent < total) {
      await after((length / bytesPerSecond) * 1000, undefined, { signal: gone });
    }
  }
  response.end();
}

async function write(response: ServerResponse, bytes: Uint8Array, gone: AbortSignal): Promise<void> {
  gone.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  response.write(bytes, (error) => (error ? reject(error) : resolve()));
  await unlessGone(promise, gone);
}

/** Waits, but not for ever: rejects with the signal's reason when the connection has ended. */
async function unlessGone(awaited: Promise<void>, gone: AbortSignal): Promise<void> {
  gone.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onGone = (): void => reject(gone.reason);
  gone.addEventListener("abort", onGone, { once: true });
  try {
    await Promise.race([awaited, promise]);
  } finally {
    gone.removeEventListener("abort", onGone);
  }
}
