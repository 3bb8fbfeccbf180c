import type { Readable } from "node:stream";

/** The last bytes of a stream, however much comes: 100 MB of warnings cost no more than a page. */
export interface OutputTail {
  /** What is kept of it, as text. Its first line may be cut. */
  text(): string;
}

/** In bytes. A traceback of the CLI has some 10 KiB. */
const keptBytes = 64 * 1024;

export function keepTail(stream: Readable | null | undefined): OutputTail {
  let chunks: Buffer[] = [];
  let length = 0;
  stream?.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < 2 * keptBytes) return;
    const tail = Buffer.concat(chunks).subarray(-keptBytes);
    // A copy: the view would hold on to all of what it is a part of.
    chunks = [Buffer.from(tail)];
    length = tail.length;
  });
  // A stream that breaks has said what it had to say.
  stream?.on("error", () => {});
  return { text: () => Buffer.concat(chunks).subarray(-keptBytes).toString("utf8") };
}
