import { setImmediate } from "node:timers/promises";
import { type CatalogEntry, type CatalogStore, errorFactory, type Lifecycle } from "@llama-orch/catalog-core";
import { entryProblems } from "../memory/entry-problems.ts";

export const storeError: ReturnType<typeof errorFactory<"ENTRY_INVALID" | "ENTRY_NOT_FOUND">> = errorFactory({
  ENTRY_INVALID: "usage",
  ENTRY_NOT_FOUND: "not-found",
});

/** A sound store whose parts can be broken one by one. */
export class MapCatalog implements CatalogStore {
  readonly cacheDir: string;
  readonly entries: Map<string, CatalogEntry>;

  constructor(cacheDir: string, entries: Map<string, CatalogEntry> = new Map()) {
    this.cacheDir = cacheDir;
    this.entries = entries;
  }

  key(id: string): string {
    return id;
  }

  takeIn(entry: CatalogEntry): CatalogEntry {
    return structuredClone(entry);
  }

  giveOut(entry: CatalogEntry): CatalogEntry {
    return structuredClone(entry);
  }

  problems(entry: CatalogEntry): readonly string[] {
    return entryProblems(entry);
  }

  notFound(id: string): Error {
    return storeError("ENTRY_NOT_FOUND", { message: `No entry ${id}.`, hint: "Put it first." });
  }

  async get(id: string): Promise<CatalogEntry | undefined> {
    const entry = this.entries.get(this.key(id));
    return entry === undefined ? undefined : this.giveOut(entry);
  }

  async put(entry: CatalogEntry): Promise<void> {
    const problems = this.problems(entry);
    if (problems.length > 0) {
      throw storeError("ENTRY_INVALID", { message: problems.join("; "), hint: "Correct the entry." });
    }
    this.entries.set(this.key(entry.id), this.takeIn(entry));
  }

  async setState(id: string, lifecycle: Lifecycle): Promise<void> {
    const entry = this.entries.get(this.key(id));
    if (entry === undefined) throw this.notFound(id);
    this.entries.set(this.key(id), { ...entry, lifecycle });
  }

  async *list(): AsyncGenerator<CatalogEntry> {
    const entries = [...this.entries.values()];
    for (const entry of entries) yield this.giveOut(entry);
  }

  async delete(id: string): Promise<boolean> {
    return this.entries.delete(this.key(id));
  }
}

/** What input and output would take: time enough for another call to come between. */
export async function latency(): Promise<void> {
  await setImmediate();
}
