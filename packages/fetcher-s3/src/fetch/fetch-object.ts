import { rm } from "node:fs/promises";
import { isModelError, parseDigest } from "@llama-orch/catalog-core";
import { type BroughtFile, transferFile, type TransferOptions, type TransferResult } from "@llama-orch/transfer";
import type { Errand } from "../bucket/errand.ts";
import { digestOf, type S3Object } from "../bucket/s3-object.ts";
import { statObject } from "../bucket/stat-object.ts";
import { s3Error } from "../errors.ts";
import { algorithmsFor, type FileFetch, type ModelFetch } from "./model-fetch.ts";

/**
 * Brings one object, of the version that was planned, and compares it with the checksum of the whole that S3 keeps of it.
 * @throws ModelError `S3_SOURCE_CHANGED` when it is another one now, `S3_CONTENT_MISMATCH`, those of the bucket and of transfer
 */
export async function fetchObject(what: FileFetch, how: ModelFetch): Promise<BroughtFile> {
  const { path } = what;
  const { bucket, ingest, context } = how;
  const { etag, hasUntoldChecksum } = what.object;
  const object = hasUntoldChecksum === true ? await statObject(bucket, what.object, context.signal) : what.object;
  const target = await ingest.target(path);
  const fetched = await bring({ ...what, object }, how, target).catch((error: unknown) => {
    context.signal.throwIfAborted();
    // Who may read an object need not be allowed to name its versions; that it is the planned one, the ETag says as well.
    if (!isModelError(error, "S3_ACCESS_DENIED") || object.versionId === undefined || etag === undefined) throw error;
    const { versionId: _, ...unnamed } = object;
    return bring({ ...what, object: unnamed }, how, target);
  });
  assertVersion(object, fetched.result, how);
  const { digests, sizeBytes, movedBytes } = fetched.result;
  const sourceChecked = await isChecked(object, fetched.result, { path, at: target.path });
  return {
    file: { path, sizeBytes, digests, ...(sourceChecked && { sourceChecked }) },
    movedBytes: movedBytes + fetched.broughtBefore,
    reusedBytes: fetched.result.resumedFrom - fetched.broughtBefore,
  };
}

interface Brought {
  readonly result: TransferResult;
  /** Of what the last transfer went on from, the bytes that those before it have brought in this call. */
  readonly broughtBefore: number;
}

type Target = Awaited<ReturnType<ModelFetch["ingest"]["target"]>>;

async function bring({ path, object, model }: FileFetch, how: ModelFetch, target: Target): Promise<Brought> {
  const { bucket, context, attempts } = how;
  const { key, versionId, etag } = object;
  const errand = bucket.errand({
    method: "GET",
    key,
    ...(versionId !== undefined && { query: { versionId } }),
    ...(etag !== undefined && { headers: { "if-match": etag } }),
  });
  let heldBytes: number | undefined;
  let furthestBytes = 0;
  // What has arrived is gone on with: ExpiredToken is a 400, which transfer does not ask a new URL for.
  const result = await errand
    .run(context.signal, () => {
      const tell = attempts.listener(path, context.onProgress);
      return transferFile({ url: ({ signal }) => errand.resolve(signal) }, target, {
        ...transferOptions({ path, object, model }, how, errand),
        onProgress(progress) {
          heldBytes ??= furthestBytes = progress.receivedBytes;
          if (progress.receivedBytes > furthestBytes) errand.progressed();
          furthestBytes = Math.max(furthestBytes, progress.receivedBytes);
          tell(progress);
        },
      });
    })
    .catch(mismatch(path, target.path));
  return { result, broughtBefore: Math.max(0, result.resumedFrom - (heldBytes ?? 0)) };
}

function transferOptions(
  { object, model }: FileFetch,
  { bucket, context }: ModelFetch,
  errand: Errand,
): TransferOptions {
  const digest = digestOf(object);
  const { checksum } = object;
  const { expectedDigest } = context;
  const isDecided = model.plan.kind === "file" && expectedDigest !== undefined;
  return {
    ...bucket.transferOptions(errand, context.signal),
    algorithms: algorithmsFor(context),
    checksums: checksum === undefined || checksum.algorithm === "sha256" ? [] : [checksum.algorithm],
    expectedSizeBytes: object.sizeBytes,
    ...(digest !== undefined && { expectedDigest: parseDigest(digest) }),
    ...(isDecided && digest === undefined && { decidingDigest: expectedDigest }),
  };
}

/** A server that does not know conditions answers with whatever it has now. */
function assertVersion({ key, etag }: S3Object, { validators }: TransferResult, { bucket }: ModelFetch): void {
  if (etag === undefined || validators.etag === undefined || validators.etag === etag) return;
  throw s3Error("S3_SOURCE_CHANGED", {
    message: `s3://${bucket.name}/${key} is not the version any more that was asked for.`,
    hint: "It was replaced meanwhile: try again when it has settled.",
    facts: { bucket: bucket.name, key },
  });
}

interface Arrived {
  readonly path: string;
  readonly at: string;
}

/** Transfer has compared what has a sha256; the others were computed in the same pass, and are compared here. */
async function isChecked(
  { checksum }: S3Object,
  { checksums }: TransferResult,
  { path, at }: Arrived,
): Promise<boolean> {
  if (checksum === undefined) return false;
  const { algorithm, base64 } = checksum;
  if (algorithm === "sha256") return true;
  const expected = `${algorithm}:${Buffer.from(base64, "base64").toString("hex")}`;
  const actual = checksums[0] ?? "";
  if (actual === expected) return true;
  await rm(at, { force: true });
  throw contentMismatch(path, expected, actual);
}

/** Nothing that is wrong is left for the next attempt to find. */
function mismatch(path: string, arrivedAt: string): (error: unknown) => Promise<never> {
  return async (error) => {
    if (!isModelError(error, "TRANSFER_DIGEST_MISMATCH")) throw error;
    await rm(arrivedAt, { force: true });
    throw contentMismatch(path, String(error.facts["expected"]), String(error.facts["actual"]));
  };
}

function contentMismatch(path: string, expected: string, actual: string): Error {
  return s3Error("S3_CONTENT_MISMATCH", {
    message: `${path} is not what S3 keeps the checksum of: expected ${expected}, got ${actual}.`,
    hint: "Try again; if it happens again, something on the way (a proxy, a gateway) changes the bytes, or the object is damaged.",
    facts: { path, expected, actual },
  });
}
