import { open, rm } from "node:fs/promises";
import type { IngestTarget } from "@llama-orch/catalog-core";
import { hashGrowingFile } from "@llama-orch/hashing";
import { transferError } from "../errors.ts";
import { brokenOff } from "../http/answer-failures.ts";
import { failureAt } from "./arrival.ts";
import { type Asked, sizeMismatch } from "./ask.ts";
import { finishHash, type Hashes } from "./finish-hash.ts";
import { tellProgress } from "./progress.ts";
import { assertNoPage } from "./web-page.ts";
import type { Work } from "./work.ts";

export interface Unmeasured extends Hashes {
  readonly sizeBytes: number;
}

/**
 * A file whose server does not tell its length beforehand: in one go, from its first byte to its last.
 * @throws ModelError `TRANSFER_LENGTH_UNKNOWN` where an end that came too soon would look just like the end
 */
export async function receiveUnmeasured({ answer }: Asked, target: IngestTarget, work: Work): Promise<Unmeasured> {
  const { algorithms, checksums, expectedSizeBytes, decidingDigest, onProgress, mayBeHtml } = work.settings;
  if (answer.framing.kind === "until-close" && expectedSizeBytes === undefined && decidingDigest === undefined) {
    throw lengthUnknown(answer.url);
  }
  const writeFailure = failureAt(target.path);
  await rm(target.journalPath, { force: true }).catch(failureAt(target.journalPath));
  await rm(target.path, { force: true }).catch(writeFailure);
  await using file = await open(target.path, "wx").catch(writeFailure);
  await using hash = await hashGrowingFile(target.path, { algorithms, checksums });
  using progress = tellProgress(onProgress, work.patience, expectedSizeBytes ?? null);
  let sizeBytes = 0;
  for await (const piece of answer.pieces()) {
    const end = sizeBytes + piece.length;
    if (expectedSizeBytes !== undefined && end > expectedSizeBytes) throw sizeMismatch(expectedSizeBytes, end);
    if (sizeBytes === 0 && !mayBeHtml) assertNoPage(piece, answer.url);
    for (let from = 0; from < piece.length;) {
      const { bytesWritten } = await file.write(piece, from, piece.length - from, sizeBytes).catch(writeFailure);
      from += bytesWritten;
      sizeBytes += bytesWritten;
    }
    work.patience.reached(sizeBytes);
    hash.advance(sizeBytes);
    progress.received(sizeBytes);
  }
  if (expectedSizeBytes !== undefined && sizeBytes < expectedSizeBytes) {
    // An end that came too soon looks just like the end.
    if (answer.framing.kind === "until-close") throw brokenOff(answer.url, `it ended after ${sizeBytes} bytes`);
    throw sizeMismatch(expectedSizeBytes, sizeBytes);
  }
  return { sizeBytes, ...(await finishHash(hash, sizeBytes, work.signal)) };
}

function lengthUnknown(url: URL): Error {
  return transferError("TRANSFER_LENGTH_UNKNOWN", {
    message: `${url.host} does not tell how long ${url.pathname} is, nor where it ends.`,
    hint: "Give the digest of what should arrive: without it, a file that broke off would look whole.",
    facts: { url: url.href },
  });
}
