import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const pieceBytes = 256 * 1024;

/** The name that git gives to a file's content: the sha1 of a short header and the content. Hex. */
export async function gitBlobSha1(path: string, sizeBytes: number, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha1").update(`blob ${sizeBytes}\0`);
  await using file = await open(path);
  const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, sizeBytes + 1));
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
  }
}
