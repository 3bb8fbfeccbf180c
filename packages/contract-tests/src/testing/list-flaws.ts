import { broken, type BrokenStore, strayEntry } from "./broken-store.ts";

/** What can be wrong with `list`. */
export const listFlaws: readonly BrokenStore[] = [
  broken("lists an example of its own", ["list of an empty store is empty"], (sound) => ({
    async *list() {
      yield* sound.list();
      yield strayEntry;
    },
  })),

  broken("lists no id with a slash", ["list gives every entry once, whatever its id"], (sound) => ({
    async *list() {
      for await (const entry of sound.list()) if (!entry.id.includes("/")) yield entry;
    },
  })),

  broken("lists nothing Retired", ["list gives the entries that get gives, Retired ones too"], (sound) => ({
    async *list() {
      for await (const entry of sound.list()) if (entry.lifecycle === "Active") yield entry;
    },
  })),

  broken("lists with one cursor for all", ["list may be left early, and begun again"], (sound) => {
    let cursor = 0;
    return {
      async *list() {
        const entries = [...sound.entries.values()];
        while (cursor < entries.length) yield* entries.slice(cursor, ++cursor);
        cursor = 0;
      },
    };
  }),

  broken("lists a collection that moves under it", ["list is whole while others write"], (sound) => ({
    async *list() {
      for (const entry of sound.entries.values()) yield sound.giveOut(entry);
    },
  })),

  broken("lists by position", ["list is whole while others write"], (sound) => ({
    async *list() {
      for (let index = 0; index < sound.entries.size; index += 1)
        yield* [...sound.entries.values()].slice(index, index + 1);
    },
  })),
];
