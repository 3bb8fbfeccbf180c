import type { CatalogEntry } from "@llama-orch/catalog-core";
import { judgeFreed } from "./judge-remove.ts";
import { bytesIn, contentOf, type Seen } from "./look.ts";
import type { CollectOperation, Outcome } from "./operations.ts";
import { type Act, wrong } from "./scene.ts";
import { sha256, sourceNames } from "./sources.ts";
import { litterIn } from "./strangers.ts";
import type { World } from "./world.ts";

export function judgeCollect(
  { maxSizeBytes = Infinity }: CollectOperation,
  outcome: Outcome,
  act: Act,
): readonly string[] {
  const { world, before, after, rivals } = act;
  if (outcome.came !== "collected") return [`A collection came to ${JSON.stringify(outcome)}.`];
  if (rivals.length > 0) return [];
  const fits = bytesIn(before) <= maxSizeBytes;
  const keptBytes = bytesIn(after);
  const overBytes = Math.max(0, keptBytes - maxSizeBytes);
  const gone = [...before.entries.values()].filter(({ id }) => !after.entries.has(id));
  const nameless = namelessFolders(before, world);
  const isSpared = (skipped: string): boolean => nameless.has(skipped.replace(/^unreadable /, ""));
  const { unreferencedBytes, supersededBytes, damagedBytes, arrivingBytes } = after.usage.totals;
  return wrong(
    ...gone
      .filter((entry) => maxSizeBytes === Infinity || !isRetired(entry) || (fits && hasFolder(entry, before)))
      .map(({ id }) => `${id} was collected, and should not be.`),
    ...outcome.skipped.filter((skipped) => !isSpared(skipped)).map((skipped) => `A collection left out ${skipped}.`),
    ...litterIn(after, nameless),
    ...judgeFreed(outcome.freedBytes, act),
    (outcome.keptBytes !== keptBytes || outcome.overBytes !== overBytes) &&
      `${keptBytes} bytes are left, ${overBytes} too many, and ${outcome.keptBytes}, ${outcome.overBytes} are said to be.`,
    overBytes > 0 && retiredBytes(after) > 0 && "The cache is too large, and has Retired models that take room.",
    unreferencedBytes + damagedBytes + arrivingBytes + (nameless.size === 0 ? supersededBytes : 0) > 0 &&
      "There is garbage after a collection.",
  );
}

function isRetired({ lifecycle, location }: CatalogEntry): boolean {
  return lifecycle === "Retired" && location === "managed";
}

/**
 * Folders of models that do not say whose they are, since the file with the id was lost with the power: with nothing on record
 * about them, nobody can tell whether a record that cannot be read is.
 */
function namelessFolders({ folders, files, entries }: Seen, world: World): ReadonlySet<string> {
  const ids = new Set(sourceNames.map((name) => sha256(Buffer.from(`${world.idOf(name)}\n`))));
  const onRecord = new Set([...entries.values()].map(({ localPath }) => localPath.split("/").slice(0, 2).join("/")));
  const models = folders.filter((path) => /^models\/[^/]+$/.test(path) && !onRecord.has(path));
  return new Set(models.filter((path) => !ids.has(files.get(`${path}/.id`)?.digest ?? "sha256:")));
}

/** Without one, the record is what a collection has left that was killed. */
function hasFolder({ localPath }: CatalogEntry, { folders }: Seen): boolean {
  return folders.includes(localPath.split("/").slice(0, 2).join("/"));
}

/** What would be given back if all Retired models went. */
function retiredBytes(seen: Seen): number {
  const folders = [...seen.entries.values()].filter(isRetired).map(({ localPath }) => localPath.split("/")[1]);
  const names = Map.groupBy(seen.files.values(), ({ inode }) => inode);
  const isGoing = (path: string): boolean => path.startsWith("blobs/") || folders.includes(path.split("/")[1]);
  const going = contentOf(seen).filter(({ inode }) => names.get(inode)?.every(({ path }) => isGoing(path)));
  return going.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
