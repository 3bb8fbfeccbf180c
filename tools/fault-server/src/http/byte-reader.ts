import type { Socket } from "node:net";

/** What comes in on a connection. Whatever is not asked for yet is kept. */
export interface ByteReader {
  /** All up to an empty line, without it; `undefined` when the connection ends before. */
  head(): Promise<string | undefined>;
  /** So many bytes; fewer when the connection ends before. */
  bytes(length: number): Promise<Buffer>;
  /** Stops reading, and gives what has come but was not asked for. */
  release(): Buffer;
}

export function byteReader(socket: Socket): ByteReader {
  let kept = Buffer.alloc(0);
  let ended = false;
  let more = Promise.withResolvers<void>();
  const onData = (bytes: Buffer): void => {
    kept = Buffer.concat([kept, bytes]);
    wake();
  };
  const onEnd = (): void => {
    ended = true;
    wake();
  };
  const wake = (): void => {
    more.resolve();
    more = Promise.withResolvers();
  };
  socket.on("data", onData).once("end", onEnd).once("close", onEnd);

  function take(length: number): Buffer {
    const taken = kept.subarray(0, length);
    kept = kept.subarray(length);
    return taken;
  }
  return {
    async head() {
      for (;;) {
        const end = kept.indexOf("\r\n\r\n");
        if (end !== -1) return take(end + 4).toString("latin1", 0, end);
        if (ended) return undefined;
        await more.promise;
      }
    },
    async bytes(length) {
      while (kept.length < length && !ended) await more.promise;
      return take(length);
    },
    release() {
      socket.pause().off("data", onData).off("end", onEnd).off("close", onEnd);
      return take(kept.length);
    },
  };
}
