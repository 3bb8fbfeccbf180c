import type { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as after } from "node:timers/promises";
import type { Ending } from "../faults/fault.ts";

/** A connection as bytes go out on it. */
export interface Wire {
  readonly socket: Socket;
  /** Aborted when the connection has ended. */
  readonly gone: AbortSignal;
  /** Resolves when the system has the bytes, so that what comes next comes exactly after them; rejects when the connection ends before. */
  write(bytes: Uint8Array): Promise<void>;
  end(how: Ending): void;
}

/** @param carrier of TCP; `socket` itself, or what is below its TLS, which cannot be reset from above. */
export function wireOf(socket: Socket, carrier: Socket): Wire {
  const ended = new AbortController();
  const gone = ended.signal;
  socket.once("close", () => ended.abort());
  socket.on("error", () => {}); // the write that failed says so too
  if (carrier !== socket) carrier.on("error", () => {}).once("close", () => socket.destroy());
  return {
    socket,
    gone,
    async write(bytes) {
      if (bytes.length === 0) return;
      const written = Promise.withResolvers<void>();
      socket.write(bytes, (error) => (error ? written.reject(error) : written.resolve()));
      await unlessGone(written.promise, gone);
    },
    end(how) {
      if (how === "fin") socket.destroySoon();
      else carrier.resetAndDestroy();
    },
  };
}

/**
 * Ends a connection on which there were bytes just now. RST throws away what lies on its way: the peer first gets some
 * moments to read it, so that one that reads has it all, and only one that does not loses it.
 *
 * A peer in the same process reads between two turns of the event loop, and not more than a window each time: a delay alone
 * is nothing to it when the loop is late.
 */
export async function endAfterBytes(wire: Wire, how: Ending): Promise<void> {
  for (let turn = 0; how === "reset" && turn < turnsToRead; turn++) {
    await after(turnMs, undefined, { signal: wire.gone });
    await nextTurn(undefined, { signal: wire.gone });
  }
  wire.end(how);
}

const turnsToRead = 8;
const turnMs = 3;

/** Waits, but not for ever: rejects with the signal's reason when the connection has ended. */
export async function unlessGone(awaited: Promise<void>, gone: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onGone = (): void => reject(gone.reason);
  awaited.catch(() => {}); // may reject when nobody waits for it any more
  gone.throwIfAborted();
  gone.addEventListener("abort", onGone, { once: true });
  try {
    await Promise.race([awaited, promise]);
  } finally {
    gone.removeEventListener("abort", onGone);
  }
}
