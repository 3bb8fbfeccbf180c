import { Writable } from "node:stream";
import type { Extract } from "tar-stream";
import type { Unpacked } from "./unpacked.ts";

/** What an archive is written to as it is read. The library's streams are of another kind than Node's. */
export function sinkOf(entries: Extract, unpacked: Unpacked): Writable {
  let readBytes = 0;
  let whenTaken = (_error?: Error): void => {};
  // What waits to be taken would wait for ever.
  entries.once("close", () => whenTaken(new Error("nobody reads on")));
  return new Writable({
    write(piece: Uint8Array, _encoding, next) {
      readBytes += piece.length;
      try {
        unpacked.countRead(readBytes);
      } catch (error) {
        next(error instanceof Error ? error : new Error("it is too large", { cause: error }));
        return;
      }
      if (entries.destroyed) next(new Error("nobody reads on"));
      else if (entries.write(piece)) next();
      else {
        whenTaken = (error) => {
          whenTaken = () => {};
          next(error);
        };
        entries.once("drain", () => whenTaken());
      }
    },
    final(next) {
      entries.end(null);
      next();
    },
    destroy(error, next) {
      if (error !== null) entries.destroy(error);
      next(error);
    },
  });
}
