import type { CatalogEntry } from "@llama-orch/catalog-core";
import { bytesIn, filesOf, isWhole, type Seen } from "./look.ts";
import type { Outcome, RemoveOperation } from "./operations.ts";
import { type Act, isAlone, wrong } from "./scene.ts";

export function judgeRemove({ name }: RemoveOperation, outcome: Outcome, act: Act): readonly string[] {
  const { world, before, after, rivals } = act;
  const id = world.idOf(name);
  if (outcome.came === "error") return [`A removal of ${name} failed with ${outcome.code}.`];
  if (!isAlone(name, act)) return [];
  const was = before.entries.get(id);
  const left = was === undefined ? [] : filesOf(was, after).filter(({ file }) => file !== undefined);
  return wrong(
    outcome.came !== (was === undefined ? "absent" : "removed") && `A removal of ${name} came to ${outcome.came}.`,
    after.entries.has(id) && `${id} was removed, and is on record.`,
    left.length > 0 && `${id} was removed, and its files are there.`,
    was !== undefined &&
      isWhole(was, before) &&
      rivals.length === 0 &&
      hasLeftovers(was, after) &&
      `Content of ${name} is left that no model has.`,
    ...(outcome.came === "removed" && rivals.length === 0 ? judgeFreed(outcome.freedBytes, act) : []),
  );
}

function hasLeftovers(entry: CatalogEntry, after: Seen): boolean {
  const digests = new Set(filesOf(entry, after).map(({ record }) => record.digest.slice("sha256:".length)));
  return [...after.files.values()].some(
    ({ path, links }) => path.startsWith("blobs/") && links === 1 && digests.has(path.split("/").at(-1) ?? ""),
  );
}

/** What is said to have been given back to the disk, against what is gone from it. */
export function judgeFreed(freedBytes: number, { before, after }: Act): readonly string[] {
  const goneBytes = bytesIn(before) - bytesIn(after);
  return wrong(freedBytes !== goneBytes && `${freedBytes} bytes are said to be given back, and ${goneBytes} are gone.`);
}
