import { rm } from "node:fs/promises";
import { type FetchedFile, isModelError, parseDigest } from "@llama-orch/catalog-core";
import { type BroughtFile, transferFile, type TransferOptions } from "@llama-orch/transfer";
import { hfError } from "../errors.ts";
import { digestOf, type HubFile } from "../hub/hub-file.ts";
import { gitBlobSha1 } from "./git-blob.ts";
import { algorithmsFor, type FileFetch, type ModelFetch } from "./model-fetch.ts";

/**
 * Brings one file: from the Python library's cache where that has it, else from the Hub; and compares it with what the Hub
 * has declared, by sha256 for large storage, by git's sha1 for the others.
 * @throws ModelError `HF_CONTENT_MISMATCH`, and those of the Hub and of transfer
 */
export async function fetchFile(what: FileFetch, how: ModelFetch): Promise<BroughtFile> {
  const { path, file } = what;
  const { ingest, context, pythonCache } = how;
  const target = await ingest.target(path);
  const adopted = await pythonCache?.adopt(file, target, {
    algorithms: algorithmsFor(context),
    signal: context.signal,
  });
  if (adopted !== undefined) {
    const { sizeBytes } = file;
    context.onProgress({ path, receivedBytes: sizeBytes, totalBytes: sizeBytes, attempt: 1 });
    return { file: { path, sizeBytes, digests: adopted, sourceChecked: true }, movedBytes: 0, reusedBytes: sizeBytes };
  }
  const { digests, sizeBytes, movedBytes, resumedFrom } = await transferFile(
    { url: how.hub.fileUrl(what.model.repository, what.model.commit, file.path), headers: how.hub.headers },
    target,
    transferOptions(what, how),
  ).catch(mismatch(path));
  const sourceChecked = await isChecked(file, target.path, how);
  const fetched: FetchedFile = { path, sizeBytes, digests, ...(sourceChecked && { sourceChecked }) };
  return { file: fetched, movedBytes, reusedBytes: resumedFrom };
}

function transferOptions({ path, file, model }: FileFetch, { hub, context }: ModelFetch): TransferOptions {
  const { repository, commit: revision } = model;
  const digest = digestOf(file);
  return {
    ...hub.transferOptions({ repository, revision, path: file.path }),
    signal: context.signal,
    algorithms: algorithmsFor(context),
    expectedSizeBytes: file.sizeBytes,
    ...(digest !== undefined && { expectedDigest: parseDigest(digest) }),
    onProgress: (progress) => context.onProgress({ path, ...progress }),
  };
}

/** Transfer has compared what has a sha256; what has none is compared here. */
async function isChecked(file: HubFile, path: string, { context }: ModelFetch): Promise<boolean> {
  if (digestOf(file) !== undefined) return true;
  if (file.blobId === undefined) return false;
  const actual = await gitBlobSha1(path, file.sizeBytes, context.signal);
  if (actual === file.blobId) return true;
  // Nothing that is wrong is left for the next attempt to find.
  await rm(path, { force: true });
  throw contentMismatch(file.path, `git-sha1:${file.blobId}`, `git-sha1:${actual}`);
}

function mismatch(path: string): (error: unknown) => never {
  return (error) => {
    if (!isModelError(error, "TRANSFER_DIGEST_MISMATCH")) throw error;
    throw contentMismatch(path, String(error.facts["expected"]), String(error.facts["actual"]));
  };
}

function contentMismatch(path: string, expected: string, actual: string): Error {
  return hfError("HF_CONTENT_MISMATCH", {
    message: `${path} is not what the Hub declared: expected ${expected}, got ${actual}.`,
    hint: "Try again; if it happens again, something on the way (a proxy, a mirror) changes the bytes.",
    facts: { path, expected, actual },
  });
}
