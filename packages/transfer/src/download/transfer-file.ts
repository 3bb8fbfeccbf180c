import { rm } from "node:fs/promises";
import {
  type DigestText,
  formatDigest,
  type IngestTarget,
  isModelError,
  type ModelError,
} from "@llama-orch/catalog-core";
import { transferError, type TransferErrorCode } from "../errors.ts";
import { failureAt, openArrival } from "./arrival.ts";
import { ask, type Asked, isSourceChanged } from "./ask.ts";
import { withinTime } from "./attempt-signal.ts";
import { bringAll } from "./crew.ts";
import type { Hashes } from "./finish-hash.ts";
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
import { type Version, versionOf } from "./version.ts";
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
  return withinTime(settings, "The transfer", (signal) =>
    fromPlaces([source, ...settings.mirrors], target, { settings, signal }),
  );
}

/** From the first place that is of use. */
async function fromPlaces(
  places: readonly TransferSource[],
  target: IngestTarget,
  { settings, signal }: Pick<Work, "settings" | "signal">,
): Promise<TransferResult> {
  const { client, logger } = settings;
  const patience = new Patience(settings);
  for (const [index, place] of places.entries()) {
    patience.renew();
    try {
      const address = new SourceAddress(place, client);
      return await fromSource(target, { client, address, settings, patience, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (index === places.length - 1 || !mayMirrorHelp(error)) throw error;
      logger.warn("a source is of no use; the next mirror is asked", { code: error.code });
    }
  }
  throw new TypeError("there is always a last place, which returns or throws");
}

/** Once more from nothing, as often as the source is replaced, or what was left turns out to be of no use. */
async function fromSource(target: IngestTarget, work: Work): Promise<TransferResult> {
  const { settings, signal } = work;
  const digest = decidingDigest(settings);
  for (let restarts = 0; ; restarts += 1) {
    const held = await readHeld(target, { digest, isMixed: settings.mirrors.length > 0 });
    try {
      return { ...(await receive(target, held, restarts < 2 ? work : alone(work))), restarts };
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

/** Servers behind one name may each have an ETag of their own, and one connection leads to one of them. */
function alone(work: Work): Work {
  return { ...work, settings: { ...work.settings, maxConnections: 1 } };
}

async function receive(
  target: IngestTarget,
  held: Held | undefined,
  work: Work,
): Promise<Omit<TransferResult, "restarts">> {
  const { patience, signal } = work;
  for (;;) {
    let first: Asked;
    try {
      first = await askFirst(held, work);
      const received = held === undefined ? await receiveAtOnce(first, target, work) : undefined;
      if (received !== undefined) return result(received, first.answer.url, work);
    } catch (error) {
      await patience.after(error, signal);
      continue;
    }
    // Patient by itself: what fails for good in there has been tried often enough, and would begin from nothing here.
    return result(await receiveInParts(first, { target, held }, work), first.answer.url, work);
  }
}

/** What is not gone on with when it breaks off, for it is small, or nobody can say where it does. @returns nothing of anything else */
async function receiveAtOnce(first: Asked, target: IngestTarget, work: Work): Promise<Received | undefined> {
  const { answer, offer } = first;
  const isSmall = offer.kind === "whole" && offer.version.sizeBytes <= smallBytes;
  if (offer.kind !== "unmeasured" && !isSmall) return undefined;
  await using _ = answer;
  if (isSmall) {
    const hashes = await receiveSmall(first, target, work, offer.version.sizeBytes);
    return { version: offer.version, ...hashes, resumedFrom: 0 };
  }
  const { sizeBytes, ...hashes } = await receiveUnmeasured(first, target, work);
  return { version: versionOf(answer.head, sizeBytes), ...hashes, resumedFrom: 0 };
}

interface Place {
  readonly target: IngestTarget;
  readonly held: Held | undefined;
}

async function receiveInParts(first: Asked, { target, held }: Place, work: Work): Promise<Received> {
  const { settings, patience, signal } = work;
  await using _ = first.answer;
  if (first.offer.kind !== "part" && first.offer.kind !== "whole")
    throw new TypeError("such an answer is an error before");
  const { version } = first.offer;
  using progress = tellProgress(settings.onProgress, patience, version.sizeBytes);
  await using arrival = await openArrival({
    target,
    version,
    digest: decidingDigest(settings),
    isMixed: settings.mirrors.length > 0,
    held,
    algorithms: settings.algorithms,
    checksums: settings.checksums,
    onReceived: (receivedBytes) => progress.received(receivedBytes),
  });
  await bringAll(arrival, work, first);
  return { version, ...(await arrival.finish(signal)), resumedFrom: arrival.heldBytes };
}

/** What is asked first decides: how long the file is, which version it is, whether parts of it can be had. */
async function askFirst(held: Held | undefined, work: Work): Promise<Asked> {
  if (held === undefined) return ask({ from: 0, version: undefined }, work);
  const { version } = held.head;
  // Where nothing is missing, the last byte shows whether the source still has this version.
  const from = held.ranges.missing(version.sizeBytes)[0]?.from ?? Math.max(0, version.sizeBytes - 1);
  return ask({ from, version }, work);
}

interface Received extends Hashes {
  readonly version: Version;
  readonly resumedFrom: number;
}

/** @throws ModelError `TRANSFER_DIGEST_MISMATCH` */
function result(
  { version, digests, checksums, resumedFrom }: Received,
  url: URL,
  { settings, patience }: Work,
): Omit<TransferResult, "restarts"> {
  const { sizeBytes, ...validators } = version;
  assertDigest(digests, settings);
  return {
    sizeBytes,
    digests,
    checksums,
    validators,
    resumedFrom,
    movedBytes: patience.movedBytes,
    attempts: patience.attempts,
    source: `${url.origin}${url.pathname}`,
  };
}

function assertDigest(digests: readonly DigestText[], { expectedDigest, algorithms }: TransferSettings): void {
  if (expectedDigest === undefined) return;
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

/** Of what another place may know better: all that is neither this disk's nor the caller's, what `explainStatus` gives included. */
function mayMirrorHelp(error: unknown): error is ModelError {
  return isModelError(error) && !error.code.startsWith("FILE_") && error.code !== "TRANSFER_OPTION_INVALID";
}

function changedTooOften(restarts: number, cause: unknown): unknown {
  if (isModelError(cause)) return cause;
  return transferError("TRANSFER_SOURCE_CHANGED", {
    message: `The source was replaced, contradicts itself, or does not tell its versions apart: it was begun anew ${restarts} times.`,
    hint: "Try again when it has settled; a digest lets what has arrived be gone on with.",
    facts: { restarts },
  });
}
