import type { CatalogEntry, Lifecycle } from "./catalog-entry.ts";

/**
 * The record of what is on this machine. Implementations may be used by many processes at once; whatever is
 * awaited survives a crash. `catalogStoreContract` of `@llama-orch/contract-tests` proves an implementation.
 */
export interface CatalogStore {
  /** Absolute path of the cache root, which the `localPath` of a managed entry is relative to. */
  readonly cacheDir: string;

  /** The entry, in whatever state it is; `undefined` when there is none, or when its record is damaged (which is reported). Writes nothing. */
  get(id: string): Promise<CatalogEntry | undefined>;

  /**
   * Writes the whole entry, atomically and durably: a reader sees the old one or the new one.
   * `put` and `setState` on one id are serialized; puts of distinct ids never lose one another.
   * @throws ModelError `ENTRY_INVALID`, `CATALOG_NOT_WRITABLE`, `CATALOG_NO_SPACE`
   */
  put(entry: CatalogEntry): Promise<void>;

  /** @throws ModelError `ENTRY_NOT_FOUND` */
  setState(id: string, state: Lifecycle): Promise<void>;

  /** Every readable entry, in no particular order, once each; what is put or deleted meanwhile may or may not appear. */
  list(): AsyncIterable<CatalogEntry>;

  /**
   * Whether there is something of this id that cannot be read, and may say more than `get` does: what belongs to it must
   * not be thrown away.
   * Absent: every record that is there can be read.
   */
  isUnreadable?(id: string): Promise<boolean>;

  /** Forgets the record, never the bytes. `false` when there was none. */
  delete(id: string): Promise<boolean>;
}
