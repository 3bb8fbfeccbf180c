import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { Content } from "./content.ts";

/** A file of this machine. It must not change while it is served. */
export function diskContent(path: string): Content {
  return {
    sizeBytes: statSync(path).size,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      const descriptor = openSync(path, "r"); // for each piece anew: nobody says when the last one is read
      try {
        const read = readSync(descriptor, bytes, 0, length, offset);
        if (read < length) throw new Error(`${path} became shorter while it was served.`);
        return bytes;
      } finally {
        closeSync(descriptor);
      }
    },
  };
}
