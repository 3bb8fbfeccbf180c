import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { broken, type BrokenStore, strayEntry } from "./broken-store.ts";

/** What can be wrong with `get`, `put`, `setState` and `delete` of one record. */
export const recordFlaws: readonly BrokenStore[] = [
  broken("has a relative cacheDir", ["cacheDir is absolute"], () => ({ cacheDir: "cache" })),

  broken("makes an entry up for an unknown id", ["get of an unknown id is undefined"], (sound) => ({
    get: async (id) => (await sound.get(id)) ?? { ...strayEntry, id },
  })),

  broken("drops the fields it does not know", ["get gives back every field that was put"], (sound) => ({
    takeIn: (entry) => {
      const { checks: _checks, drift: _drift, ...rest } = sound.takeIn(entry);
      return rest;
    },
  })),

  broken("keeps the caller's object", ["changing what was put does not change the store"], () => ({
    takeIn: (entry) => entry,
  })),

  broken(
    "gives out its own object",
    ["changing what get gave does not change the store", "changing what list gave does not change the store"],
    () => ({ giveOut: (entry) => entry }),
  ),

  broken("copies one level deep", ["changing what get gave does not change the store"], () => ({
    giveOut: (entry) => ({ ...entry }),
  })),

  broken("merges a put into what was there", ["put replaces the whole entry"], (sound) => ({
    takeIn: (entry) => ({ ...sound.entries.get(entry.id), ...sound.takeIn(entry) }),
  })),

  broken("notes on disk that it was read", ["reading writes nothing"], (sound) => ({
    async get(id) {
      await writeFile(join(sound.cacheDir, "last-read"), id);
      return sound.get(id);
    },
  })),

  broken(
    "makes keys of ids by replacing / and : with -",
    ["ids of any characters stay apart", "setState leaves other entries alone"],
    () => ({ key: (id) => id.replaceAll(/[/:]/g, "-") }),
  ),

  broken(
    "folds the case of ids",
    ["ids of any characters stay apart", "list gives every entry once, whatever its id"],
    () => ({ key: (id) => id.toLowerCase() }),
  ),

  broken("normalizes the unicode of ids", ["ids of any characters stay apart"], () => ({
    key: (id) => id.normalize("NFC"),
  })),

  broken("cuts ids at 255 characters", ["ids of any characters stay apart"], () => ({ key: (id) => id.slice(0, 255) })),

  broken("takes ids for paths", ["ids of any characters stay apart"], () => ({ key: (id) => resolve("/records", id) })),

  broken("looks ids up in an object that has a prototype", ["an odd id that was never put is unknown"], (sound) => ({
    get: async (id) => Reflect.get(Object.fromEntries(sound.entries), id),
  })),

  broken("forgets setState", ["setState changes the lifecycle, both ways, and nothing else"], () => ({
    async setState() {},
  })),

  broken("stamps an entry on setState", ["setState changes the lifecycle, both ways, and nothing else"], (sound) => ({
    async setState(id, lifecycle) {
      await sound.setState(id, lifecycle);
      sound.entries.set(id, { ...(sound.entries.get(id) ?? strayEntry), lastVerifiedMs: 0 });
    },
  })),

  broken(
    "creates on setState",
    ["setState of an unknown id fails with ENTRY_NOT_FOUND", "setState of an unknown id creates nothing"],
    (sound) => ({
      async setState(id, lifecycle) {
        sound.entries.set(id, { ...(sound.entries.get(id) ?? strayEntry), id, lifecycle });
      },
    }),
  ),

  broken("says not-found with a plain Error", ["setState of an unknown id fails with ENTRY_NOT_FOUND"], () => ({
    notFound: (id) =>
      Object.assign(new Error(`no ${id}`), { code: "ENTRY_NOT_FOUND", category: "not-found", hint: "-" }),
  })),

  broken(
    "always says that there was one to delete",
    ["delete forgets the entry, and says whether there was one"],
    (sound) => ({
      async delete(id) {
        await sound.delete(id);
        return true;
      },
    }),
  ),

  broken(
    "deletes the bytes with the record",
    ["delete never touches managed bytes", "delete never touches external bytes"],
    (sound) => ({
      async delete(id) {
        const localPath = sound.entries.get(id)?.localPath;
        if (localPath !== undefined) await rm(resolve(sound.cacheDir, localPath), { recursive: true, force: true });
        return sound.delete(id);
      },
    }),
  ),

  broken(
    "deletes what the id names as a path",
    ["an id with path segments deletes nothing but its record"],
    (sound) => ({
      async delete(id) {
        if (id.includes("bystander")) await rm(resolve(sound.cacheDir, id), { recursive: true, force: true });
        return sound.delete(id);
      },
    }),
  ),

  broken("revives the state of a deleted entry", ["put after delete starts afresh"], (sound) => {
    const graves = new Map<string, CatalogEntry>();
    return {
      async delete(id) {
        const entry = sound.entries.get(id);
        if (entry !== undefined) graves.set(id, entry);
        return sound.delete(id);
      },
      takeIn: (entry) => ({ ...sound.takeIn(entry), lifecycle: graves.get(entry.id)?.lifecycle ?? entry.lifecycle }),
    };
  }),

  broken("drops the earlier entry when it refuses one", ["put refuses a managed path with .."], (sound) => ({
    async put(entry) {
      sound.entries.delete(entry.id);
      await sound.put(entry);
    },
  })),
];
