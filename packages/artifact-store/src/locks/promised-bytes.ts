import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheLayout, idHash } from "../cache-layout.ts";
import { readNote, type SpacePromise } from "./holder-note.ts";

/**
 * A note that is older, in ms, is that of a dead holder, or of one that does not get to work: its promise is void. So is
 * that of one from the future: the clock was set.
 */
const freshMs = 15_000;

/**
 * Bytes that arrivals of other models are yet to write to this cache, as far as they said so before this one did: of two
 * that come at once, the first one gets the room.
 */
export async function promisedBytes(cacheDir: string, id: string, sinceMs: number): Promise<number> {
  const { locks } = cacheLayout(cacheDir);
  const own = idHash(id);
  let bytes = 0;
  for (const name of await noteNames(locks)) {
    const note = await readNote(join(locks, `${name}.json`));
    if (name === own || note?.promised === undefined || Math.abs(Date.now() - note.atMs) > freshMs) continue;
    if (isBefore({ name, ...note.promised }, { name: own, sinceMs })) bytes += note.promised.bytes;
  }
  return bytes;
}

async function noteNames(locks: string): Promise<readonly string[]> {
  const names = await readdir(locks).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
}

type Turn = Pick<SpacePromise, "sinceMs"> & { readonly name: string };

function isBefore(one: Turn, other: Turn): boolean {
  return one.sinceMs === other.sinceMs ? one.name < other.name : one.sinceMs < other.sinceMs;
}
