import { isDeepStrictEqual } from "node:util";
import { type CatalogEntry, type DigestText, entryPath } from "@llama-orch/catalog-core";
import { isWhole, readIfThere } from "./look.ts";
import type { EnsureOperation, Outcome } from "./operations.ts";
import { type Act, isAlone, isBeingRemoved, wrong } from "./scene.ts";

/** What came of an ensure, against what could. */
export function judgeEnsure(operation: EnsureOperation, outcome: Outcome, act: Act): readonly string[] {
  if (outcome.came === "error") return judgeError(operation, outcome.code, act);
  if (outcome.came !== "ensured") return [`An ensure came to ${outcome.came}.`];
  return [
    ...judgeModel(operation, outcome, act),
    ...(isAlone(operation.name, act) ? judgeAlone(operation, outcome, act) : []),
  ];
}

type Model = Outcome & { readonly came: "ensured" };

/** What holds of every model that is served, whatever goes on about it. */
function judgeModel(
  { name, onMismatch, expected }: EnsureOperation,
  { localPath, report }: Model,
  act: Act,
): readonly string[] {
  const { world, rivals } = act;
  const { digest, verification } = report;
  const served = world.digestServed(name, localPath, readIfThere);
  // Whoever removes a model while it is ensured takes it from whoever had it a moment before. What is beside the record is
  // nobody's, and kept for the grace period alone, which is 0 here.
  const isBeingCollected =
    isBesideRecord(name, report, act) && rivals.some(({ operation }) => operation.do === "collect");
  const mayBeGone = served === undefined && (isBeingRemoved(name, act) || isBeingCollected);
  const isPass = verification.expected === undefined || verification.expected === digest;
  return wrong(
    served !== digest && !mayBeGone && `${served} is served of ${name}, and ${digest} is reported.`,
    !world.mayHave(name, digest) && `${name} is ${digest}, which its source never had.`,
    isPass !== (verification.outcome !== "warn") && `The verification of ${name} does not fit its digest.`,
    !isPass && onMismatch === "error" && `${name} is not what is vouched for.`,
    expected !== undefined && verification.expected !== expected && `${name} was not compared with ${expected}.`,
  );
}

/** Under `warn`, other bytes than the vouched ones may be served beside a record that stays as it is. */
function isBesideRecord(
  name: EnsureOperation["name"],
  { digest, verification }: Model["report"],
  { world, before }: Act,
): boolean {
  const was = before.entries.get(world.idOf(name));
  return verification.outcome === "warn" && was?.trust === "verified" && was.digest !== digest;
}

function judgeError(operation: EnsureOperation, code: string, act: Act): readonly string[] {
  const { name, onMismatch } = operation;
  const { world, before, after } = act;
  // The place that it was about to be put at.
  if (code === "FILE_NOT_WRITABLE" && isBeingRemoved(name, act)) return [];
  const here = isAlone(name, act) ? contentHere(operation, act) : undefined;
  const isMismatch = (wanted: DigestText): boolean => wanted !== world.currentDigest(name) && wanted !== here?.digest;
  const mayFail = onMismatch === "error" && wantedDigests(operation, act).some(isMismatch);
  const [was, is] = [before, after].map(({ entries }) => entries.get(world.idOf(name)));
  return wrong(
    !(code === "DIGEST_MISMATCH" && mayFail) && `An ensure of ${name} failed with ${code}.`,
    isAlone(name, act) && !isDeepStrictEqual(was, is) && `A refused ensure of ${name} changed its record.`,
  );
}

/** The digests that the call may have wanted: its own, else the one that is vouched for by the time that it looks. */
function wantedDigests({ name, expected }: EnsureOperation, { world, before, rivals }: Act): readonly DigestText[] {
  if (expected !== undefined) return [expected];
  const was = before.entries.get(world.idOf(name));
  const others = rivals.flatMap(({ operation }) =>
    operation.do === "ensure" && operation.name === name ? (operation.expected ?? []) : [],
  );
  return [...(was?.trust === "verified" ? [was.digest] : []), ...others];
}

/** What is here, if the call is to be content with it. */
function contentHere({ name, refresh }: EnsureOperation, { world, before }: Act): CatalogEntry | undefined {
  const was = before.entries.get(world.idOf(name));
  return was !== undefined && !refresh && isWhole(was, before) ? was : undefined;
}

/** With nothing else going on about the model, what comes of the call is known. */
function judgeAlone(operation: EnsureOperation, { localPath, report }: Model, act: Act): readonly string[] {
  const { name, onMismatch, durability } = operation;
  const { world, before, after } = act;
  const was = before.entries.get(world.idOf(name));
  const here = contentHere(operation, act);
  const current = world.currentDigest(name);
  const [wanted] = wantedDigests(operation, act);
  const possible = new Set(wanted === undefined || onMismatch === "warn" ? [here?.digest ?? current] : []);
  // What is wanted may be met by the source, or by content that is here; under `warn` what is there will do, and a vouched
  // model is not demoted.
  if (wanted !== undefined) possible.add(wanted);
  if (wanted !== undefined && onMismatch === "warn") possible.add(current);
  if (onMismatch === "warn" && was?.trust === "verified" && isWhole(was, before)) possible.add(was.digest);
  // A file that is used in place is its own source: read again, it counts as brought.
  const isKnown = here?.location === "managed" && (wanted ?? here.digest) === here.digest;
  const entry = after.entries.get(world.idOf(name));
  return wrong(
    !possible.has(report.digest) && `${name} is ${report.digest}, and may be ${[...possible].join(" or ")}.`,
    isKnown && !report.cached && `${name} was here, and was brought again.`,
    ...(isBesideRecord(name, report, act) ? [] : judgeRecord(entry, { localPath, report, came: "ensured" }, act)),
    durability === "full" &&
      entry?.unsyncedBoot !== undefined &&
      !isBesideRecord(name, report, act) &&
      `${name} is not on the disk.`,
  );
}

function judgeRecord(entry: CatalogEntry | undefined, { localPath, report }: Model, { after }: Act): readonly string[] {
  if (entry === undefined) return ["What was ensured is not on record."];
  const { id, lifecycle, digest, trust, sizeBytes } = entry;
  const isReported = digest === report.digest && trust === report.trust && sizeBytes === report.sizeBytes;
  return wrong(
    lifecycle !== "Active" && `${id} was ensured, and is ${lifecycle}.`,
    !isReported && `${id} is on record with ${digest}, ${trust}, ${sizeBytes} bytes.`,
    entryPath(after.cacheDir, entry) !== localPath && `${id} is on record at ${entry.localPath}.`,
  );
}
