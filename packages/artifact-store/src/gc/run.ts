import { type CatalogStore, fileErrorFrom, isModelError, type ModelError, systemCode } from "@llama-orch/catalog-core";
import { cacheLayout } from "../cache-layout.ts";
import type { Found } from "../files-below.ts";
import { openLock } from "../locks/model-lock.ts";
import { probeLock } from "../locks/probe-lock.ts";
import { lockNameOf } from "../survey/names.ts";
import { cachePath, type References } from "../survey/references.ts";
import type { Survey } from "../survey/survey-cache.ts";
import { Disposal } from "./disposal.ts";
import type { GarbageItem, GarbageReport, SkippedGarbage } from "./garbage-report.ts";
import { Ledger } from "./ledger.ts";

export interface RunOptions {
  readonly graceMs: number;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onRemoved: (item: GarbageItem) => void;
}

/** What was found before anything was removed. */
export interface Findings {
  readonly catalog: CatalogStore;
  readonly survey: Survey;
  readonly references: References;
}

/** One collection: what it found, and what it has done so far. */
export class Run {
  readonly catalog: CatalogStore;
  readonly survey: Survey;
  readonly references: References;
  readonly disposal: Disposal;
  readonly #ledger: Ledger;
  readonly #options: RunOptions;
  readonly #startedMs = Date.now();
  readonly #items: GarbageItem[] = [];
  readonly #skipped: SkippedGarbage[] = [];

  constructor({ catalog, survey, references }: Findings, options: RunOptions) {
    this.catalog = catalog;
    this.survey = survey;
    this.references = references;
    this.#options = options;
    const inModels = survey.models.flatMap(({ children }) => children);
    const inTrees = [...survey.ingest, ...inModels, ...survey.damaged].flatMap(({ files }) => files);
    const blobs = survey.shelves.flatMap(({ contents }) => contents).filter(({ type }) => type === "file");
    this.#ledger = new Ledger([...inTrees, ...blobs]);
    // One that an entry names directly is that model's file, and not a name to be given up with the last model.
    const free = blobs.filter(({ path }) => this.usersOf(path).length === 0);
    this.disposal = new Disposal(cacheLayout(survey.cacheDir), this.#ledger, free, options.isDryRun);
    for (const { path, error } of survey.unreadable) this.skip(path, "failed", error);
  }

  get isDryRun(): boolean {
    return this.#options.isDryRun;
  }

  get keptBytes(): number {
    return this.#ledger.keptBytes;
  }

  linksOf(inode: bigint): number {
    return this.#ledger.linksOf(inode);
  }

  /** Whether the grace period is over. What is no number of milliseconds is never over. */
  isOld(changedMs: number): boolean {
    return this.#startedMs - changedMs >= this.#options.graceMs;
  }

  /** The ids of the entries that were on record and need what lies at a path. */
  usersOf(path: string): readonly string[] {
    return this.references.usersOf(path);
  }

  skip(path: string, reason: SkippedGarbage["reason"], error?: ModelError): void {
    this.#skipped.push({ path: cachePath(this.survey.cacheDir, path), reason, ...(error !== undefined && { error }) });
  }

  /** Whether something has no place where it is, which is noted. Desktops and network file systems leave files with a dot. */
  isForeign({ name, path }: Found, isKnown: boolean): boolean {
    if (!isKnown && !name.startsWith(".") && this.usersOf(path).length === 0) this.skip(path, "unknown");
    return !isKnown;
  }

  /**
   * Removes one thing, and puts it on the report. `remove` tells what it gave back; `undefined` when it is gone already.
   * What an entry of another model names is left alone, whatever it looks like.
   */
  async collect(
    { kind, path, id }: Omit<GarbageItem, "bytes" | "id"> & { readonly id?: string | undefined },
    remove: () => Promise<number | undefined>,
  ): Promise<void> {
    const isNeeded = this.usersOf(path).some((user) => kind !== "retired" || user !== id);
    if (isNeeded) return;
    await this.#attempt(path, async () => {
      const bytes = await remove();
      if (bytes === undefined) return;
      const item = { kind, path: cachePath(this.survey.cacheDir, path), bytes, ...(id !== undefined && { id }) };
      this.#items.push(item);
      this.#options.onRemoved(item);
    });
  }

  /**
   * Does what only the holder of a model's lock may do to something of that model. Nobody is waited for: what another
   * process is at work on is no garbage, and is reported. `isLocked` is false where nothing can be locked.
   */
  async underLock(found: Found, work: (isLocked: boolean) => Promise<void>): Promise<void> {
    await this.underLockNamed(lockNameOf(found), found.path, work);
  }

  async underLockNamed(name: string, path: string, work: (isLocked: boolean) => Promise<void>): Promise<void> {
    await this.#attempt(path, async () => {
      if ((await this.#locked(name, work)) === "busy") this.skip(path, "busy");
    });
  }

  /** The same for what is not worth a word on the report. */
  async underFreeLock(found: Found, work: (isLocked: boolean) => Promise<void>): Promise<void> {
    await this.#attempt(found.path, async () => void (await this.#locked(lockNameOf(found), work)));
  }

  report(maxSizeBytes: number = Infinity): GarbageReport {
    return {
      items: this.#items,
      freedBytes: this.#ledger.freedBytes,
      keptBytes: this.keptBytes,
      overBytes: Math.max(0, this.keptBytes - maxSizeBytes),
      skipped: this.#skipped,
    };
  }

  async #locked(name: string, work: (isLocked: boolean) => Promise<void>): Promise<"done" | "busy"> {
    const { cacheDir } = this.survey;
    if (this.isDryRun) {
      const state = await probeLock(cacheDir, name);
      if (state !== "busy") await work(state === "free");
      return state === "busy" ? "busy" : "done";
    }
    const lock = await openLock(cacheDir, name);
    const state = lock.tryHold();
    if (state === "busy") return "busy";
    try {
      // Those who wait go on without a holder that is silent: so one that gets stopped here holds nobody up for ever.
      await lock.note({ doneBytes: 0, totalBytes: null });
      await work(state === "held");
      return "done";
    } finally {
      await lock.release();
    }
  }

  /** What cannot be done to one thing does not stop the rest; what is gone meanwhile was someone else's work. */
  async #attempt(path: string, work: () => Promise<void>): Promise<void> {
    this.#options.signal?.throwIfAborted();
    try {
      await work();
    } catch (cause) {
      this.#options.signal?.throwIfAborted();
      if (systemCode(cause) === "ENOENT") return;
      const error = fileErrorFrom(cause, path, "write");
      if (!isModelError(error)) throw cause;
      this.skip(path, "failed", error);
    }
  }
}
