import { hash } from "node:crypto";
import { type FileHandle, writeFile } from "node:fs/promises";
import type { DigestText } from "@llama-orch/catalog-core";
import { fileChanged } from "../file-version.ts";
import type { Arrival } from "./begin-arrival.ts";
import type { CopyWork } from "./copy-work.ts";
import { fileProgress } from "./file-progress.ts";
import { assertVersion, openSource, readFailure, whileCopied } from "./open-source.ts";

/** Copies a small file, from its first byte on. Nothing is written before all of it was read in one version. */
export async function copySmall(arrival: Arrival, work: CopyWork): Promise<readonly DigestText[]> {
  const { source, target, version } = arrival;
  await using file = await openSource(arrival);
  const [buffer = Buffer.alloc(0)] = work.buffers;
  const content = await readAll(file, buffer.subarray(0, version.sizeBytes + 1)).catch(readFailure(source));
  await assertVersion(file, arrival, whileCopied);
  if (content.length !== version.sizeBytes) {
    throw fileChanged(source, whileCopied, { sizeBefore: version.sizeBytes });
  }
  work.signal.throwIfAborted();
  await writeFile(target, content, { flag: "wx" }).catch(work.space.failure(target));
  work.space.settle(content.length);
  fileProgress(arrival, work.onProgress)(content.length);
  return work.algorithms.map((algorithm): DigestText => `${algorithm}:${hash(algorithm, content)}`);
}

/** @param buffer larger than the file by one byte: so what has grown is longer than it should be. */
async function readAll(file: FileHandle, buffer: Buffer): Promise<Buffer> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read({ buffer, offset: length, length: buffer.length - length, position: length });
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
