import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** The name that git gives to a file's content: the sha1 of a short header and the content. Hex. */
export async function gitBlobSha1(path: string, sizeBytes: number, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha1").update(`blob ${sizeBytes}\0`);
  await pipeline(createReadStream(path, { highWaterMark: 256 * 1024 }), hash, { signal });
  return hash.digest("hex");
}
