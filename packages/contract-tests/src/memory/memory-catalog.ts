import { isAbsolute } from "node:path";
import type { CatalogEntry, CatalogStore, Lifecycle } from "@llama-orch/catalog-core";
import { entryProblems } from "./entry-problems.ts";
import { memoryError } from "./memory-errors.ts";

/**
 * A CatalogStore for tests: keeps the contract within one process, and forgets all when that ends. It never touches
 * the disk, not even `cacheDir`.
 */
export class MemoryCatalog implements CatalogStore {
  readonly cacheDir: string;
  /** How often each method was called: for tests that something writes nothing. */
  readonly calls: Record<"get" | "put" | "setState" | "list" | "delete", number> = {
    get: 0,
    put: 0,
    setState: 0,
    list: 0,
    delete: 0,
  };
  readonly #entries = new Map<string, CatalogEntry>();

  /** @param cacheDir absolute; it need not exist. */
  constructor(cacheDir: string) {
    if (!isAbsolute(cacheDir)) {
      throw new TypeError(`MemoryCatalog needs an absolute cacheDir, and got ${JSON.stringify(cacheDir)}.`);
    }
    this.cacheDir = cacheDir;
  }

  async get(id: string): Promise<CatalogEntry | undefined> {
    this.calls.get += 1;
    return structuredClone(this.#entries.get(id));
  }

  async put(entry: CatalogEntry): Promise<void> {
    this.calls.put += 1;
    const problems = entryProblems(entry);
    if (problems.length > 0) {
      throw memoryError("ENTRY_INVALID", {
        message: `The catalog entry of ${JSON.stringify(entry.id)} is not valid: ${problems.join("; ")}.`,
        hint: "Correct the entry; CatalogEntry of @llama-orch/catalog-core says what each field holds.",
        facts: { id: entry.id, problems },
      });
    }
    this.#entries.set(entry.id, structuredClone(entry));
  }

  async setState(id: string, lifecycle: Lifecycle): Promise<void> {
    this.calls.setState += 1;
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      throw memoryError("ENTRY_NOT_FOUND", {
        message: `The catalog has no entry ${JSON.stringify(id)}.`,
        hint: "Put the entry first, or list the catalog to see which ids there are.",
        facts: { id },
      });
    }
    this.#entries.set(id, { ...entry, lifecycle });
  }

  async *list(): AsyncGenerator<CatalogEntry> {
    this.calls.list += 1;
    // A copy: what is deleted and put again while a live iteration runs would come twice.
    const entries = [...this.#entries.values()];
    for (const entry of entries) yield structuredClone(entry);
  }

  async delete(id: string): Promise<boolean> {
    this.calls.delete += 1;
    return this.#entries.delete(id);
  }
}
