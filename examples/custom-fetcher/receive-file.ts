import { type FileHandle, open, readFile, writeFile } from "node:fs/promises";
import {
  type FetchContext,
  type FetchedFile,
  fileErrorFrom,
  type IngestTarget,
  type PlannedFile,
} from "@llama-orch/catalog-core";
import { RunningDigests } from "./running-digests.ts";
import { shelfError } from "./shelf-errors.ts";
import { ask, bytesOf } from "./shelf-http.ts";

export interface Delivery {
  readonly url: string;
  readonly file: PlannedFile;
  readonly target: IngestTarget;
  readonly context: FetchContext;
}

export interface Received {
  readonly file: FetchedFile;
  readonly movedBytes: number;
  readonly reusedBytes: number;
}

/** Brings one file, hashed as it arrives, from where an earlier attempt was cut off. */
export async function receiveFile(delivery: Delivery): Promise<Received> {
  const { file, target } = delivery;
  // Bytes that were left here count only if the journal beside them names this very content.
  const journal = await readFile(target.journalPath, "utf8").catch(() => undefined);
  const kept = journal === file.digest && target.existingBytes <= (file.sizeBytes ?? 0) ? target.existingBytes : 0;
  const received = await receive(delivery, kept, 1);
  // A crash may have left other bytes than were written; only the digest tells. Then once more, from the first byte on.
  const isRight = received.file.digests?.some((digest) => digest === file.digest) === true;
  return kept === 0 || isRight ? received : receive(delivery, 0, 2);
}

async function receive(delivery: Delivery, kept: number, attempt: number): Promise<Received> {
  const { url, file, target, context } = delivery;
  const digests = new RunningDigests(context);
  if (kept > 0) await digests.addFile(target.path, context.signal);

  const response = kept === file.sizeBytes ? undefined : await ask(url, context, kept);
  if (kept > 0 && response?.status === 200) {
    await response.body?.cancel(); // it begins at the first byte: this server knows no ranges
    return receive(delivery, 0, attempt);
  }

  let sizeBytes = kept;
  let reportedMs = 0;
  const report = (): void => {
    reportedMs = Date.now();
    context.onProgress({ path: file.path, receivedBytes: sizeBytes, totalBytes: file.sizeBytes ?? null, attempt });
  };
  const output = await openTarget(delivery, kept).catch((cause: unknown) => notWritten(target, cause));
  try {
    for await (const chunk of response === undefined ? [] : bytesOf(response, url, context.signal)) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > (file.sizeBytes ?? 0)) break;
      digests.add(chunk);
      await output.appendFile(chunk).catch((cause: unknown) => notWritten(target, cause));
      if (Date.now() - reportedMs >= 100) report(); // ten times a second are enough to watch
    }
  } finally {
    await output.close();
  }
  if (sizeBytes !== file.sizeBytes) throw wrongSize(delivery, sizeBytes);
  report();
  return {
    file: { path: file.path, sizeBytes, digests: digests.end() },
    movedBytes: sizeBytes - kept,
    reusedBytes: kept,
  };
}

async function openTarget({ file, target }: Delivery, kept: number): Promise<FileHandle> {
  const output = await open(target.path, kept > 0 ? "a" : "w");
  // Only now that the file is empty: the journal must never vouch for what lay there before.
  if (kept === 0) await writeFile(target.journalPath, String(file.digest));
  return output;
}

function notWritten(target: IngestTarget, cause: unknown): never {
  throw fileErrorFrom(cause, target.path, "write");
}

function wrongSize({ url, file }: Delivery, sizeBytes: number): Error {
  return shelfError("SHELF_ANSWER_INVALID", {
    message: `${url} has ${sizeBytes} bytes or more, and its manifest says ${file.sizeBytes}.`,
    hint: "Mend the manifest of this model.",
    facts: { url, sizeBytes },
  });
}
