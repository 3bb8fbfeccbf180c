import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import {
  type CatalogEntry,
  entryPath,
  formatDigest,
  isModelError,
  type ResolvedModel,
  type VerificationReport,
} from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import { type Candidate, digestLike } from "./candidate.ts";
import { acceptedEntry, driftedEntry, isRefinement, isSameRecord } from "./entry.ts";
import { isIntact } from "./is-intact.ts";
import type { Judgement } from "./judgement.ts";
import { digestMismatch } from "./mismatch.ts";
import { recorded } from "./recorded.ts";
import { resolved } from "./resolved.ts";
import type { Surroundings } from "./surroundings.ts";
import { passed, vouchedDigest, warned } from "./verdict.ts";

/**
 * One call's judgement of a candidate, on that call's own terms: verify, publish, register, report.
 * Under `error` a mismatch registers nothing, and an earlier entry stays as it is.
 * @returns undefined when bytes that were here already went away meanwhile: then they are to be brought.
 */
export async function settle(
  call: Call,
  candidate: Candidate,
  around: Surroundings,
): Promise<ResolvedModel | undefined> {
  call.signal.throwIfAborted();
  const previous = await around.catalog.get(call.id);
  const verification = await verify(call, candidate, { previous, around });
  call.signal.throwIfAborted();
  const judgement = { call, candidate, previous, verification };
  const isBesideVouched =
    verification.outcome === "warn" &&
    previous?.trust === "verified" &&
    previous.digest !== candidate.description.digest;
  return isBesideVouched ? serveBeside(previous, judgement, around) : register(judgement, around);
}

async function verify(
  call: Call,
  candidate: Candidate,
  { previous, around }: { readonly previous: CatalogEntry | undefined; readonly around: Surroundings },
): Promise<VerificationReport> {
  const expected = call.expected ?? vouchedDigest(previous);
  if (expected === undefined) return { outcome: "skipped", actual: candidate.description.digest };
  const wanted = formatDigest(expected);
  const actual = await digestLike(candidate, expected, call.signal);
  if (actual === wanted) return passed(wanted);

  call.emit({ type: "digest-mismatch", expected: wanted, actual, policy: call.onMismatch });
  if (call.onMismatch === "warn") return warned(wanted, actual);
  const isKept = await keepRefused(candidate, around);
  const expectedBy = call.expected === undefined ? "record" : "caller";
  throw digestMismatch({ id: call.id, expected: wanted, actual, path: candidate.where().root, expectedBy, isKept });
}

/** That it could not be kept is no reason to hide why it was refused. */
async function keepRefused(candidate: Candidate, { settings }: Surroundings): Promise<boolean> {
  try {
    return await candidate.keep();
  } catch (error) {
    if (!isModelError(error)) throw error;
    settings.logger.warn("what arrived could not be kept", { code: error.code });
    return false;
  }
}

async function register(judgement: Judgement, around: Surroundings): Promise<ResolvedModel | undefined> {
  const { call, candidate, verification } = judgement;
  const place = await candidate.publish();
  const entry = acceptedEntry(judgement, place);
  const localPath = entryPath(around.catalog.cacheDir, entry);
  const { stagedBytes } = place;
  if (verification.outcome === "pass") call.emit({ type: "digest-verified", digest: entry.digest, trust: entry.trust });
  if (!candidate.cached && place.location === "managed") call.emit({ type: "model-published", localPath, stagedBytes });
  await record(entry, judgement, around);
  if (await isGone(entry, around)) return undefined;
  const { trust, digest, sizeBytes } = entry;
  return resolved(call, localPath, { stagedBytes, verification, cached: candidate.cached, trust, digest, sizeBytes });
}

/**
 * Who removes a model takes its bytes out of sight first, and looks at the record then; who registers what is here already
 * writes the record first, and looks for the bytes then. So they cannot miss each other.
 */
async function isGone(entry: CatalogEntry, { catalog: { cacheDir } }: Surroundings): Promise<boolean> {
  if (entry.location === "external") return false;
  return (await checkPresence(artifactLocation(cacheDir, entry), entry)) === "missing";
}

async function record(
  entry: CatalogEntry,
  { call, candidate, previous }: Judgement,
  { catalog, settings }: Surroundings,
): Promise<void> {
  if (previous !== undefined && isSameRecord(previous, entry)) return;
  try {
    await catalog.put(entry);
  } catch (error) {
    // On a read-only cache a model that is present and right stays usable, though what was learned of it cannot be noted.
    const isHarmless = previous !== undefined && isRefinement(previous, entry) && isModelError(error);
    if (!isHarmless) {
      await giveBack(candidate, error, { entry, catalog, settings });
      throw error;
    }
    settings.logger.warn("the catalog could not be updated", { id: entry.id, code: error.code });
    return;
  }
  if (previous?.lifecycle === "Retired") call.emit({ type: "entry-reactivated" });
  if (previous !== undefined && previous.digest !== entry.digest) {
    call.emit({ type: "source-changed", previous: previous.digest, current: entry.digest });
  }
  call.emit({ type: "entry-registered", digest: entry.digest, sizeBytes: entry.sizeBytes, trust: entry.trust });
}

/** Bytes for which there was room, but none for their record, would take it for nothing: unless a record has come to name them. */
async function giveBack(
  candidate: Candidate,
  error: unknown,
  {
    entry: { id, localPath },
    catalog,
    settings,
  }: Pick<Surroundings, "catalog" | "settings"> & { readonly entry: CatalogEntry },
): Promise<void> {
  if (!isModelError(error) || error.category !== "no-space") return;
  try {
    await candidate.withdraw(error, async () => {
      if ((await catalog.isUnreadable?.(id)) === true) return false;
      return (await catalog.get(id))?.localPath !== localPath;
    });
  } catch (cause) {
    if (!isModelError(cause)) throw cause;
    settings.logger.warn("what was published could not be taken back", { id, code: cause.code });
  }
}

/**
 * Other bytes than the vouched ones, and a caller that accepts the difference. The vouched entry is never demoted by it:
 * - managed, and the vouched bytes are still here: they are served, and what arrived is let go;
 * - used in place: the path leads to the changed file, and the record keeps a note of what it became, so that the next
 *   such call need not hash it again;
 * - else the vouched bytes are gone: what arrived is served, but it does not become the record.
 */
async function serveBeside(
  vouched: CatalogEntry,
  judgement: Judgement,
  around: Surroundings,
): Promise<ResolvedModel | undefined> {
  const { call, candidate, verification } = judgement;
  const { cacheDir } = around.catalog;
  if (vouched.location === "managed" && (await isIntact(vouched, around.catalog))) {
    return serveVouched(vouched, judgement, around);
  }
  const { digest, sizeBytes } = candidate.description;
  const unvouched = { verification, cached: candidate.cached, trust: "unverified", digest, sizeBytes } as const;
  if (candidate.location === "external" && candidate.where().root === vouched.localPath) {
    const entry = driftedEntry(vouched, candidate);
    await record(entry, judgement, around);
    return resolved(call, entryPath(cacheDir, entry), { ...unvouched, stagedBytes: 0 });
  }
  const place = await candidate.publish();
  const localPath = entryPath(cacheDir, acceptedEntry({ ...judgement, previous: undefined }, place));
  return resolved(call, localPath, { ...unvouched, stagedBytes: place.stagedBytes });
}

/** The vouched bytes against what this call expects, if it expects anything of its own. */
async function serveVouched(
  vouched: CatalogEntry,
  judgement: Judgement,
  around: Surroundings,
): Promise<ResolvedModel | undefined> {
  const { call } = judgement;
  const candidate = recorded(vouched, call, around);
  const wanted = call.expected === undefined ? vouched.digest : formatDigest(call.expected);
  const actual = call.expected === undefined ? vouched.digest : await digestLike(candidate, call.expected, call.signal);
  const verification = wanted === actual ? passed(wanted) : warned(wanted, actual);
  return register({ ...judgement, candidate, verification }, around);
}
