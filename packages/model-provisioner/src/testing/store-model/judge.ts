import { isDeepStrictEqual } from "node:util";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { judgeEnsure } from "./judge-ensure.ts";
import { judgeCollect, judgeRemove, judgeRetire, judgeVerify } from "./judge-upkeep.ts";
import { filesOf, isWhole, type Seen } from "./look.ts";
import type { Played } from "./play.ts";
import type { SourceName } from "./sources.ts";
import { strangersIn } from "./strangers.ts";
import type { World } from "./world.ts";

/** One step, with the cache before and after it. */
export interface Scene {
  readonly world: World;
  readonly before: Seen;
  readonly after: Seen;
  readonly played: readonly Played[];
}

/** One operation of a step. */
export interface Act extends Scene {
  readonly played: readonly Played[];
  /** The others of that moment. */
  readonly rivals: readonly Played[];
}

/** All that may not be after a step, whatever was damaged before. */
export function judge(scene: Scene): readonly string[] {
  const { world, before, after, played } = scene;
  return [
    ...after.damages.map(({ path, problem }) => `The catalog is damaged: ${path}: ${problem}.`),
    ...world.touchedSources().map((name) => `The user's own file of ${name} was touched.`),
    ...strangersIn(after),
    ...[...after.entries.values()].flatMap((entry) => judgeEntry(entry, scene)),
    ...[...before.entries.values()].flatMap((entry) => judgeBystander(entry, scene)),
    ...played.flatMap((one) => judgeOne(one, { ...scene, rivals: played.filter((other) => other !== one) })),
  ];
}

function judgeOne({ operation, outcome }: Played, act: Act): readonly string[] {
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

/** What may be on record of a model at all, and how it may have come there. */
function judgeEntry(entry: CatalogEntry, { world, before, played }: Scene): readonly string[] {
  const { id, digest, trust, lifecycle } = entry;
  const name = world.nameOf(id);
  if (name === undefined) return [`Nobody ensured ${id}.`];
  const was = before.entries.get(id);
  const played_ = new Set(played.filter((one) => isAbout(one, name)).map(({ operation }) => operation.do));
  const isNew = was === undefined && !played_.has("ensure");
  const isRetired = lifecycle === "Retired" && was?.lifecycle !== "Retired" && !played_.has("retire");
  const isRevived = lifecycle === "Active" && was?.lifecycle === "Retired" && !played_.has("ensure");
  return [
    ...(isNew ? [`${id} is on record, and nobody ensured it.`] : []),
    ...(isRetired ? [`${id} is Retired, and nobody did that.`] : []),
    ...(isRevived ? [`${id} is Active again, and nobody ensured it.`] : []),
    ...(world.mayHave(name, digest) ? [] : [`${id} is on record with ${digest}, which its source never had.`]),
    ...(trust === "verified" && world.vouched.get(name)?.has(digest) !== true
      ? [`${id} is on record as verified, and nobody vouched for ${digest}.`]
      : []),
  ];
}

/** 2000-01-01T00:00:00Z in ns. */
const stampNs = 946_684_800_000_000_000n;

/** A model that nothing was done with: neither its record nor its files may have changed. Files that are damaged may be noted as such. */
function judgeBystander(entry: CatalogEntry, { world, before, after, played }: Scene): readonly string[] {
  const { id, lifecycle } = entry;
  const name = world.nameOf(id);
  const isCollectable = lifecycle === "Retired" && played.some(({ operation }) => operation.do === "collect");
  if (name === undefined || played.some((one) => isAbout(one, name))) return [];
  const now = after.entries.get(id);
  if (now === undefined && isCollectable) return [];
  if (!isDeepStrictEqual(now, entry)) return [`The record of ${id} changed, with which nothing was done.`];
  return filesOf(entry, before).flatMap(({ file }) => {
    const later = file && after.files.get(file.path);
    const isSame = later?.inode === file?.inode && later?.digest === file?.digest;
    const mayChangeTime = file?.mtimeNs !== stampNs || !isWhole(entry, before);
    if (isSame && (mayChangeTime || later?.mtimeNs === file?.mtimeNs)) return [];
    return [`${file?.path} of ${id} changed, with which nothing was done.`];
  });
}

export function isAbout({ operation }: Played, name: SourceName): boolean {
  return operation.do !== "collect" && operation.name === name;
}
