import { hash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import type { DigestText, IngestTarget } from "@llama-orch/catalog-core";
import { checksumOf } from "@llama-orch/hashing";
import { failureAt } from "./arrival.ts";
import type { Asked } from "./ask.ts";
import type { Hashes } from "./finish-hash.ts";
import { assertNoPage } from "./web-page.ts";
import type { Work } from "./work.ts";

/** Up to here a file is kept in memory until all of it is there, and hashed on the spot: a thread beside would take longer to answer. */
export const smallBytes: number = 256 * 1024;

/** A small file: it is written when all of it is here, and never continued. */
export async function receiveSmall(
  { answer }: Asked,
  target: IngestTarget,
  work: Work,
  sizeBytes: number,
): Promise<Hashes> {
  const content = Buffer.allocUnsafe(sizeBytes);
  let length = 0;
  for await (const piece of answer.pieces()) length += piece.copy(content, length);
  work.patience.progressed(length);
  if (!work.settings.mayBeHtml) assertNoPage(content, answer.url);
  // It may be held open by a process that was stopped, or have a journal that vouches for other bytes.
  await rm(target.journalPath, { force: true }).catch(failureAt(target.journalPath));
  await rm(target.path, { force: true }).catch(failureAt(target.path));
  await writeFile(target.path, content, { flag: "wx" }).catch(failureAt(target.path));
  work.settings.onProgress({ receivedBytes: sizeBytes, totalBytes: sizeBytes, attempt: work.patience.attempts });
  const { algorithms, checksums } = work.settings;
  return {
    digests: algorithms.map((algorithm): DigestText => `${algorithm}:${hash(algorithm, content)}`),
    checksums: checksums.map((algorithm) => checksumOf(content, algorithm)),
  };
}
