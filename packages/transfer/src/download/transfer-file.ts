import { rm } from "node:fs/promises";
import { type DigestText, formatDigest, type IngestTarget, isModelError } from "@llama-orch/catalog-core";
import { transferError, type TransferErrorCode } from "../errors.ts";
import { failureAt, openArrival } from "./arrival.ts";
import { ask, type Asked, isSourceChanged } from "./ask.ts";
import { limitedSignal } from "./attempt-signal.ts";
import { bringAll } from "./crew.ts";
import { type Held, readHeld } from "./journal.ts";
import { Patience } from "./patience.ts";
import { tellProgress } from "./progress.ts";
import { receiveSmall, smallBytes } from "./receive-small.ts";
import { receiveUnmeasured } from "./receive-unmeasured.ts";
import { SourceAddress } from "./source-address.ts";
import {
  parseTransferOptions,
  type TransferOptions,
  type TransferResult,
  type TransferSettings,
  type TransferSource,
} from "./transfer-options.ts";
import type { Version } from "./version.ts";
import type { Work } from "./work.ts";

/** A source that is replaced more often while it is fetched is never fetched whole. */
const maxRestarts = 5;

/**
 * Brings one remote file to its place in an ingest: over one connection, or several where that pays, going on from what an
 * earlier attempt has left, hashed while it arrives. What has arrived is kept when it fails, for the next attempt.
 *
 * @throws ModelError of {@link TransferErrorCode}, and `FILE_NO_SPACE` and the other `FILE_…` codes of writing;
 *   `signal.reason` untouched when aborted
 */
export async function transferFile(
  source: TransferSource,
  target: IngestTarget,
  options: TransferOptions,
): Promise<TransferResult> {
  const settings = parseTransferOptions(options);
  settings.signal.throwIfAborted();
  const limit =
    settings.timeoutMs === undefined ? undefined : limitedSignal(settings.signal, settings.timeoutMs, "The transfer");
  const signal = limit?.signal ?? settings.signal;
  const patience = new Patience(settings);
  const places = [source, ...settings.mirrors];
  try {
    for (const [index, place] of places.entries()) {
      const work: Work = {
        client: settings.client,
        address: new SourceAddress(place, settings.client),
        settings,
        patience,
        signal,
      };
      try {
        return await fromSource(target, work);
      } catch (error) {
        signal.throwIfAborted();
        if (index === places.length - 1 || !mayMirrorHelp(error)) throw error;
        settings.logger.warn("a source is of no use; the next mirror is asked", { code: error.code });
      }
    }
    throw new TypeError("there is always a last place, which returns or throws");
  } finally {
    limit?.end();
  }
}

/** Once more from nothing, as often as the source is replaced, or what was left turns out to be of no use. */
async function fromSource(target: IngestTarget, work: Work): Promise<TransferResult> {
  const { settings, signal } = work;
  const digest = decidingDigest(settings);
  for (let restarts = 0; ; restarts += 1) {
    const held = await readHeld(target, digest);
    try {
      return { ...(await receive(target, held, work)), restarts };
    } catch (error) {
      signal.throwIfAborted();
      const isUseless = held !== undefined && isModelError<TransferErrorCode>(error, "TRANSFER_DIGEST_MISMATCH");
      if (!isSourceChanged(error) && !isUseless) throw error;
      if (restarts === maxRestarts) throw changedTooOften(restarts, error);
      settings.logger.warn("begun anew: the source was replaced, or what was left of an earlier attempt is of no use");
      await rm(target.path, { force: true }).catch(failureAt(target.path));
    }
  }
}

async function receive(
  target: IngestTarget,
  held: Held | undefined,
  work: Work,
): Promise<Omit<TransferResult, "restarts">> {
  const { settings, patience, signal } = work;
  for (;;) {
    try {
      const first = await askFirst(held, work);
      await using answer = first.answer;
      if (first.offer.kind === "unmeasured") {
        const { sizeBytes, digests } = await receiveUnmeasured(first, target, work);
        return result({ version: { sizeBytes }, digests, resumedFrom: 0 }, answer.url, work);
      }
      if (first.offer.kind === "beyond") throw new TypeError("such an answer is an error before");
      const { version } = first.offer;
      if (held === undefined && version.sizeBytes <= smallBytes) {
        const digests = await receiveSmall(first, target, work, version.sizeBytes);
        return result({ version, digests, resumedFrom: 0 }, answer.url, work);
      }
      using progress = tellProgress(settings.onProgress, patience, version.sizeBytes);
      await using arrival = await openArrival({
        target,
        version,
        digest: decidingDigest(settings),
        isMixed: settings.mirrors.length > 0,
        held,
        algorithms: settings.algorithms,
        onReceived: (receivedBytes) => progress.received(receivedBytes),
      });
      await bringAll(arrival, work, first);
      const digests = await arrival.finish(signal);
      return result({ version, digests, resumedFrom: arrival.heldBytes }, answer.url, work);
    } catch (error) {
      await patience.after(error, signal);
    }
  }
}

/** What is asked first decides: how long the file is, which version it is, whether parts of it can be had. */
async function askFirst(held: Held | undefined, work: Work): Promise<Asked> {
  if (held === undefined) return ask({ from: 0, version: undefined }, work);
  const { version } = held.head;
  // Where nothing is missing, the last byte shows whether the source still has this version.
  const from = held.ranges.missing(version.sizeBytes)[0]?.from ?? Math.max(0, version.sizeBytes - 1);
  return ask({ from, version }, work);
}

interface Received {
  readonly version: Version;
  readonly digests: readonly DigestText[];
  readonly resumedFrom: number;
}

/** @throws ModelError `TRANSFER_DIGEST_MISMATCH` */
function result(
  { version, digests, resumedFrom }: Received,
  url: URL,
  { settings, patience }: Work,
): Omit<TransferResult, "restarts"> {
  const { sizeBytes, ...validators } = version;
  assertDigest(digests, settings);
  return {
    sizeBytes,
    digests,
    validators,
    resumedFrom,
    movedBytes: patience.movedBytes,
    attempts: patience.attempts,
    source: `${url.origin}${url.pathname}`,
  };
}

function assertDigest(digests: readonly DigestText[], { expectedDigest, algorithms }: TransferSettings): void {
  if (expectedDigest === undefined || !algorithms.includes(expectedDigest.algorithm)) return;
  const expected = formatDigest(expectedDigest);
  const actual = digests[algorithms.indexOf(expectedDigest.algorithm)];
  if (actual === expected) return;
  throw transferError("TRANSFER_DIGEST_MISMATCH", {
    message: `The bytes are not the ones that were declared: expected ${expected}, got ${actual}.`,
    hint: "They were damaged on the way, or the source is wrong about itself. Try again, or another mirror.",
    facts: { expected, actual },
  });
}

function decidingDigest({ decidingDigest: digest, expectedDigest }: TransferSettings): string | undefined {
  const deciding = digest ?? expectedDigest;
  return deciding === undefined ? undefined : formatDigest(deciding);
}

/** Of what another place may know better. */
function mayMirrorHelp(error: unknown): error is { readonly code: TransferErrorCode } {
  return (
    isModelError<TransferErrorCode>(error) &&
    error.code.startsWith("TRANSFER_") &&
    error.code !== "TRANSFER_OPTION_INVALID" &&
    error.code !== "TRANSFER_TIMEOUT"
  );
}

function changedTooOften(restarts: number, cause: unknown): unknown {
  if (isModelError(cause)) return cause;
  return transferError("TRANSFER_SOURCE_CHANGED", {
    message: `The source was replaced, contradicts itself, or does not tell its versions apart: it was begun anew ${restarts} times.`,
    hint: "Try again when it has settled; a digest lets what has arrived be gone on with.",
    facts: { restarts },
  });
}
