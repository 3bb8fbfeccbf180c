import { isDeepStrictEqual } from "node:util";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { judgeCollect } from "./judge-collect.ts";
import { judgeEnsure } from "./judge-ensure.ts";
import { judgeRemove } from "./judge-remove.ts";
import { judgeRetire } from "./judge-retire.ts";
import { judgeVerify } from "./judge-verify.ts";
import { bytesIn, filesOf, isWhole, type Seen } from "./look.ts";
import { type Act, isAbout, type Played, type Scene, wrong } from "./scene.ts";
import { strangersIn } from "./strangers.ts";

/** All that may not be after a step, whatever was damaged before. */
export function judge(scene: Scene): readonly string[] {
  const { world, before, after, played } = scene;
  return [
    ...after.damages.map(({ path, problem }) => `The catalog is damaged: ${path}: ${problem}.`),
    ...world.touchedSources().map((name) => `The user's own file of ${name} was touched.`),
    ...strangersIn(after),
    ...judgeUsage(after),
    ...[...after.entries.values()].flatMap((entry) => judgeEntry(entry, scene)),
    ...[...before.entries.values()].flatMap((entry) => judgeBystander(entry, scene)),
    ...played.flatMap((one) => judgeOne(one, { ...scene, rivals: played.filter((other) => other !== one) })),
  ];
}

function judgeOne({ operation, outcome }: Played, act: Act): readonly string[] {
  if (outcome.came === "killed") return [];
  switch (operation.do) {
    case "ensure":
      return judgeEnsure(operation, outcome, act);
    case "remove":
      return judgeRemove(operation, outcome, act);
    case "retire":
      return judgeRetire(operation, outcome, act);
    case "verify":
      return judgeVerify(operation, outcome, act);
    case "collect":
      return judgeCollect(operation, outcome, act);
  }
}

function judgeUsage(after: Seen): readonly string[] {
  const { totals, unmeasured, unreadable } = after.usage;
  const bytes = bytesIn(after);
  return wrong(
    totals.managedBytes !== bytes && `The cache takes ${bytes} bytes, and is said to take ${totals.managedBytes}.`,
    unmeasured.length + unreadable.length > 0 && `Not all of the cache was measured.`,
  );
}

/** What may be on record of a model at all, and how it may have come there. */
function judgeEntry(
  { id, digest, trust, lifecycle }: CatalogEntry,
  { world, before, played }: Scene,
): readonly string[] {
  const name = world.nameOf(id);
  if (name === undefined) return [`${id} is on record, and no model of this test.`];
  const was = before.entries.get(id)?.lifecycle;
  const done = new Set(played.filter((one) => isAbout(one, name)).map(({ operation }) => operation.do));
  const isVouchedFor = world.vouched.get(name)?.has(digest) === true;
  return wrong(
    was === undefined && !done.has("ensure") && `${id} is on record, and nobody ensured it.`,
    lifecycle === "Retired" && was === "Active" && !done.has("retire") && `${id} is Retired, and nobody did that.`,
    lifecycle === "Active" && was === "Retired" && !done.has("ensure") && `${id} is Active, and nobody ensured it.`,
    !world.mayHave(name, digest) && `${id} is on record with ${digest}, which its source never had.`,
    trust === "verified" && !isVouchedFor && `${id} is on record as verified, and nobody vouched for ${digest}.`,
  );
}

/** 2000-01-01T00:00:00Z in ns. */
const stampNs = 946_684_800_000_000_000n;

/** A model that nothing was done with: neither its record nor its files may have changed, but for the time of damaged ones. */
function judgeBystander(entry: CatalogEntry, { world, before, after, played }: Scene): readonly string[] {
  const { id, lifecycle } = entry;
  const name = world.nameOf(id);
  const isCollectable = lifecycle === "Retired" && played.some(({ operation }) => operation.do === "collect");
  if (name === undefined || isCollectable || played.some((one) => isAbout(one, name))) return [];
  const isTouchable = !isWhole(entry, before);
  const changed = filesOf(entry, before).filter(({ file }) => {
    const later = file && after.files.get(file.path);
    const isSame = later?.inode === file?.inode && later?.digest === file?.digest;
    return !isSame || !(isTouchable || file?.mtimeNs !== stampNs || later?.mtimeNs === stampNs);
  });
  return wrong(
    !isDeepStrictEqual(after.entries.get(id), entry) && `The record of ${id} changed, with which nothing was done.`,
    changed.length > 0 && `The files of ${id} changed, with which nothing was done.`,
  );
}
