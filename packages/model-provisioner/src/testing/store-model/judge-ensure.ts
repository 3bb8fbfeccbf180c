import { type CatalogEntry, type DigestText, entryPath } from "@llama-orch/catalog-core";
import { type Act, isAbout } from "./judge.ts";
import { isWhole, readIfThere } from "./look.ts";
import type { EnsureOperation, Outcome } from "./operations.ts";

/** What came of an ensure, against what could. */
export function judgeEnsure(operation: EnsureOperation, outcome: Outcome, act: Act): readonly string[] {
  switch (outcome.came) {
    case "killed":
      return [];
    case "ensured":
      return judgeModel(operation, outcome, act);
    case "error":
      return judgeError(operation, outcome.code, act);
    default:
      return [`An ensure came to ${outcome.came}.`];
  }
}

type Model = Outcome & { readonly came: "ensured" };

function judgeModel(operation: EnsureOperation, { localPath, report }: Model, act: Act): readonly string[] {
  const { name, onMismatch, expected } = operation;
  const { world } = act;
  const served = world.digestServed(name, localPath, readIfThere);
  const { outcome, expected: compared } = report.verification;
  const isJudged =
    outcome === "warn"
      ? onMismatch === "warn" && compared !== report.digest
      : compared === undefined || compared === report.digest;
  return [
    ...(served === report.digest
      ? []
      : [`What is served of ${name} is ${served}, and the report says ${report.digest}.`]),
    ...(world.mayHave(name, report.digest) ? [] : [`${name} is ${report.digest}, which its source never had.`]),
    ...(isJudged ? [] : [`The verification of ${name} does not fit its digest.`]),
    ...(expected !== undefined && onMismatch === "error" && expected !== report.digest
      ? [`${name} is ${report.digest}, and ${expected} was expected.`]
      : []),
    ...(isAlone(operation, act) ? judgeAlone(operation, { localPath, report, came: "ensured" }, act) : []),
  ];
}

function judgeError(operation: EnsureOperation, code: string, act: Act): readonly string[] {
  const { name, onMismatch } = operation;
  const mayMismatch =
    onMismatch === "error" &&
    wantedDigests(operation, act).some(
      (wanted) => wanted !== act.world.currentDigest(name) && !isPinned(operation, wanted, act),
    );
  if (code !== "DIGEST_MISMATCH" || !mayMismatch) return [`An ensure of ${name} failed with ${code}.`];
  const [was, is] = [act.before, act.after].map(({ entries }) => entries.get(act.world.idOf(name)));
  const isUnchanged = JSON.stringify(was) === JSON.stringify(is);
  return isAlone(operation, act) && !isUnchanged ? [`A refused ensure of ${name} changed its record.`] : [];
}

/** The digests that the call may have wanted: its own, else the one that is vouched for by the time that it looks. */
function wantedDigests({ name, expected }: EnsureOperation, { world, before, rivals }: Act): readonly DigestText[] {
  if (expected !== undefined) return [expected];
  const entry = before.entries.get(world.idOf(name));
  const others = rivals.flatMap(({ operation }) =>
    operation.do === "ensure" && operation.name === name ? (operation.expected ?? []) : [],
  );
  return [...(entry?.trust === "verified" ? [entry.digest] : []), ...others];
}

/** Whether what is here is what the call wants, so that nothing can be wrong with it. */
function isPinned(operation: EnsureOperation, wanted: DigestText, act: Act): boolean {
  return isAlone(operation, act) && pinned(operation, act)?.digest === wanted;
}

/** What is here, if the call is to be content with it. */
function pinned({ name, refresh }: EnsureOperation, { world, before }: Act): CatalogEntry | undefined {
  const entry = before.entries.get(world.idOf(name));
  return entry !== undefined && !refresh && isWhole(entry, before) ? entry : undefined;
}

function isAlone({ name }: EnsureOperation, { rivals }: Act): boolean {
  return !rivals.some((rival) => isAbout(rival, name) || rival.operation.do === "collect");
}

/** With nothing else going on about the model, what comes of the call is known. */
function judgeAlone(operation: EnsureOperation, { localPath, report }: Model, act: Act): readonly string[] {
  const { name, onMismatch, durability } = operation;
  const { world, before, after } = act;
  const id = world.idOf(name);
  const was = before.entries.get(id);
  const here = pinned(operation, act);
  const current = world.currentDigest(name);
  const [wanted] = wantedDigests(operation, act);
  const possible = [
    here?.digest ?? current,
    // A digest that is wanted may be met by the source, or by content that is here; under `warn` what is there will do.
    ...(wanted === undefined ? [] : [wanted, ...(onMismatch === "warn" ? [current] : [])]),
    // A vouched model is not demoted by a caller that accepts another one.
    ...(onMismatch === "warn" && was?.trust === "verified" && isWhole(was, before) ? [was.digest] : []),
  ];
  // A file that is used in place is its own source: read again, it counts as brought.
  const isKnown = here?.location === "managed" && (wanted === undefined || wanted === here.digest);
  const isBeside = report.verification.outcome === "warn" && was?.trust === "verified" && was.digest !== report.digest;
  return [
    ...(possible.includes(report.digest) ? [] : [`${name} is ${report.digest}, and may be ${possible.join(" or ")}.`]),
    ...(isKnown && !report.cached ? [`${name} was here, and was brought again.`] : []),
    ...(isBeside ? [] : judgeRecord(after.entries.get(id), { localPath, report, came: "ensured" }, act)),
    ...(!isBeside && durability === "full" && after.entries.get(id)?.unsyncedBoot !== undefined
      ? [`${name} was ensured with full durability, and is not on the disk.`]
      : []),
  ];
}

function judgeRecord(entry: CatalogEntry | undefined, { localPath, report }: Model, { after }: Act): readonly string[] {
  if (entry === undefined) return ["What was ensured is not on record."];
  const { digest, trust, sizeBytes } = entry;
  const isReported = digest === report.digest && trust === report.trust && sizeBytes === report.sizeBytes;
  return [
    ...(entry.lifecycle === "Active" ? [] : [`${entry.id} was ensured, and is Retired.`]),
    ...(isReported ? [] : [`${entry.id} is on record with ${digest}, ${trust}, ${sizeBytes} bytes.`]),
    ...(entryPath(after.cacheDir, entry) === localPath ? [] : [`${entry.id} is on record at ${entry.localPath}.`]),
  ];
}
