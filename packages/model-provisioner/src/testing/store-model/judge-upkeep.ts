import { isDeepStrictEqual } from "node:util";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { type Act, isAbout } from "./judge.ts";
import { digestAt, filesOf, isWhole, type Seen, type SeenFile } from "./look.ts";
import type { CollectOperation, Outcome, RemoveOperation, RetireOperation, VerifyOperation } from "./operations.ts";
import { litterIn } from "./strangers.ts";

export function judgeRemove({ name }: RemoveOperation, outcome: Outcome, act: Act): readonly string[] {
  const { world, before, after, rivals } = act;
  const id = world.idOf(name);
  const isAlone = !rivals.some((rival) => isAbout(rival, name));
  if (outcome.came === "killed") return [];
  if (outcome.came === "error") return [`A removal of ${name} failed with ${outcome.code}.`];
  if (!isAlone) return [];
  const was = before.entries.get(id);
  return [
    ...((outcome.came === "absent") === (was === undefined) ? [] : [`A removal of ${name} came to ${outcome.came}.`]),
    ...(after.entries.has(id) ? [`${id} was removed, and is on record.`] : []),
    ...(was === undefined
      ? []
      : filesOf(was, after).flatMap(({ file }) => (file ? [`${file.path} was removed, and is there.`] : []))),
    ...(outcome.came === "removed" && rivals.length === 0 ? judgeFreed(outcome.freedBytes, act) : []),
  ];
}

export function judgeRetire({ name }: RetireOperation, outcome: Outcome, act: Act): readonly string[] {
  const { world, before, after, rivals } = act;
  const id = world.idOf(name);
  if (outcome.came === "killed") return [];
  // Gone between the look and the change.
  const mayBeGone = rivals.some(
    ({ operation }) => operation.do === "collect" || (operation.do === "remove" && operation.name === name),
  );
  if (outcome.came === "error" && !(mayBeGone && outcome.code === "ENTRY_NOT_FOUND"))
    return [`Retiring ${name} failed with ${outcome.code}.`];
  if (rivals.some((rival) => isAbout(rival, name)) || mayBeGone) return [];
  const [was, is] = [before.entries.get(id), after.entries.get(id)];
  if (was === undefined) return outcome.came === "absent" ? [] : [`Retiring ${name} came to ${outcome.came}.`];
  return isDeepStrictEqual(is, { ...was, lifecycle: "Retired" })
    ? []
    : [`${id} was retired, and is not, or is another.`];
}

export function judgeVerify({ name, repair }: VerifyOperation, outcome: Outcome, act: Act): readonly string[] {
  const { world, before, after, rivals } = act;
  const id = world.idOf(name);
  if (outcome.came === "killed") return [];
  if (outcome.came === "error") return [`A verification of ${name} failed with ${outcome.code}.`];
  if (rivals.some((rival) => isAbout(rival, name) || rival.operation.do === "collect")) return [];
  const [was, is] = [before.entries.get(id), after.entries.get(id)];
  const expected = was === undefined ? "absent" : conditionOf(was, before);
  const found = outcome.came === "verified" ? outcome.found : outcome.came;
  if (was === undefined || found !== expected)
    return found === expected ? [] : [`${name} is ${expected}, and was found ${found}.`];
  const isToMove = repair && found === "damaged" && was.location === "managed";
  const isMoved = outcome.came === "verified" && outcome.movedTo !== undefined;
  const isGone = filesOf(was, after).every(({ file }) => file === undefined);
  const [past, present] = [was, is].map((entry) => entry && lasting(entry));
  const isLeft = filesOf(was, before).every(
    ({ file }) => file?.digest === (file && after.files.get(file.path)?.digest),
  );
  return [
    ...(isDeepStrictEqual(past, present) ? [] : [`A verification of ${name} changed its record.`]),
    ...(found === "intact" && is?.unsyncedBoot !== undefined
      ? [`${name} was found intact, and is not on the disk.`]
      : []),
    ...(isMoved === isToMove && (isGone || !isMoved) ? [] : [`${name} was to be moved aside, or not.`]),
    ...(isMoved || isLeft ? [] : [`A verification of ${name} changed its files.`]),
  ];
}

export function judgeCollect({ maxSizeBytes }: CollectOperation, outcome: Outcome, act: Act): readonly string[] {
  const { before, after, rivals } = act;
  if (outcome.came === "killed") return [];
  if (outcome.came !== "collected") return [`A collection came to ${JSON.stringify(outcome)}.`];
  if (rivals.length > 0) return [];
  const gone = [...before.entries.values()].filter(({ id }) => !after.entries.has(id));
  const mayGo = (entry: CatalogEntry): boolean =>
    entry.lifecycle === "Retired" &&
    entry.location === "managed" &&
    maxSizeBytes !== undefined &&
    bytesIn(before) > maxSizeBytes;
  return [
    ...gone.filter((entry) => !mayGo(entry)).map(({ id }) => `${id} was collected, and should not be.`),
    ...outcome.skipped.map((skipped) => `A collection left out ${skipped}.`),
    ...litterIn(after),
    ...judgeFreed(outcome.freedBytes, act),
  ];
}

/** What is said to have been given back to the disk, against what is gone from it. */
function judgeFreed(freedBytes: number, { before, after }: Act): readonly string[] {
  const goneBytes = bytesIn(before) - bytesIn(after);
  return freedBytes === goneBytes ? [] : [`${freedBytes} bytes are said to be given back, and ${goneBytes} are gone.`];
}

/** Of models and arrivals on the disk, shared ones once; without what is kept about them. */
function bytesIn({ files }: Seen): number {
  const content = [...files.values()].filter(isContent);
  return [...new Map(content.map((file) => [file.inode, file])).values()].reduce(
    (sum, { sizeBytes }) => sum + sizeBytes,
    0,
  );
}

function isContent({ path }: SeenFile): boolean {
  return /^(?:models|blobs|ingest|damaged)\//.test(path) && !path.endsWith("/.id");
}

function conditionOf(entry: CatalogEntry, seen: Seen): "intact" | "damaged" | "missing" {
  if (isWhole(entry, seen)) return "intact";
  if (entry.location === "external") return digestAt(entry.localPath) === undefined ? "missing" : "damaged";
  return filesOf(entry, seen).some(({ file }) => file === undefined) ? "missing" : "damaged";
}

/** What a verification may not change. */
function lasting({ lastVerifiedMs: _, files, unsyncedBoot: __, ...rest }: CatalogEntry): unknown {
  return { ...rest, files: files.map(({ stat: ___, ...file }) => file) };
}
