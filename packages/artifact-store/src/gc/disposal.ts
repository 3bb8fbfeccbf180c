import { randomBytes } from "node:crypto";
import { rename, rm, rmdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder, systemCode } from "@llama-orch/catalog-core";
import type { CacheLayout } from "../cache-layout.ts";
import { filesBelow, type FoundFile, foundAt } from "../files-below.ts";
import type { Ledger } from "./ledger.ts";

export interface Hiding {
  /** Of what is hidden, below `ingest/`. @default one that anybody may delete at once */
  readonly name?: string;
  /** The last look, after the tree is out of sight: if it says no, or throws, the tree is put back. */
  readonly isStillGarbage?: (hidden: string) => Promise<boolean>;
}

/**
 * Takes things off the disk; in a dry run it only counts what that would give back. All methods tell the bytes given back,
 * and `undefined` for what is gone already or is no garbage after all. Nothing follows a symbolic link.
 */
export class Disposal {
  readonly #layout: CacheLayout;
  readonly #ledger: Ledger;
  readonly #blobs: Map<bigint, FoundFile[]>;
  readonly #isDryRun: boolean;
  readonly #gone = new Set<string>();

  /** @param blobs the names that content has, of which the last one goes with the last model that has it. */
  constructor(layout: CacheLayout, ledger: Ledger, blobs: readonly FoundFile[], isDryRun: boolean) {
    this.#layout = layout;
    this.#ledger = ledger;
    this.#blobs = Map.groupBy(blobs, ({ inode }) => inode);
    this.#isDryRun = isDryRun;
  }

  /** Whether this run has removed just this path, or would have. */
  isGone(path: string): boolean {
    return this.#gone.has(path);
  }

  /**
   * A whole folder. It is renamed out of sight first: nobody ever sees half of it, and of two who collect at once only
   * one gets it.
   */
  async tree(path: string, hiding: Hiding = {}): Promise<number | undefined> {
    return this.#counted(async () => {
      const hidden = this.#isDryRun ? (await foundAt(path))?.path : await this.#hide(path, hiding.name);
      if (hidden === undefined || !(await this.#mayGo(hidden, path, hiding))) return false;
      this.#gone.add(path);
      const files = await filesBelow(hidden);
      for (const file of files) await this.#dropName(file);
      for (const inode of new Set(files.map((file) => file.inode))) await this.#dropBlob(inode);
      if (!this.#isDryRun) await rm(hidden, { recursive: true, force: true, maxRetries: 3 });
      return true;
    });
  }

  /** One name of a file, and the content, if only blobs are left of it. */
  async file(file: FoundFile): Promise<number | undefined> {
    return this.#counted(async () => {
      const isDropped = await this.#dropName(file);
      await this.#dropBlob(file.inode);
      return isDropped;
    });
  }

  /** All names of content that has no other ones. */
  async blob(inode: bigint): Promise<number | undefined> {
    return this.#counted(() => this.#dropBlob(inode));
  }

  async emptyFolder(path: string): Promise<number | undefined> {
    return this.#counted(async () => {
      if (!this.#isDryRun) await rmdir(path);
      return true;
    });
  }

  async #counted(work: () => Promise<boolean>): Promise<number | undefined> {
    const before = this.#ledger.freedBytes;
    return (await work()) ? this.#ledger.freedBytes - before : undefined;
  }

  async #hide(path: string, name = `removed-${randomBytes(8).toString("hex")}`): Promise<string | undefined> {
    const hidden = join(this.#layout.ingest, name);
    await makeFolder(dirname(hidden));
    try {
      await rename(path, hidden);
      return hidden;
    } catch (error) {
      if (systemCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async #mayGo(hidden: string, path: string, { isStillGarbage }: Hiding): Promise<boolean> {
    let mayGo = isStillGarbage === undefined;
    try {
      mayGo = (await isStillGarbage?.(hidden)) ?? true;
      return mayGo;
    } finally {
      if (!mayGo && !this.#isDryRun) await putBack(hidden, path);
    }
  }

  /** The file is looked at once more: others may have given it names since, or taken some, or put another file there. */
  async #dropName(file: FoundFile): Promise<boolean> {
    if (this.#gone.has(file.path)) return false;
    this.#gone.add(file.path);
    const isOurs = this.#isDryRun || (await this.#unlink(file));
    this.#ledger.drop(file.inode, isOurs);
    return isOurs;
  }

  async #unlink(file: FoundFile): Promise<boolean> {
    const now = await foundAt(file.path);
    if (now?.inode !== file.inode) return false;
    this.#ledger.correct(now);
    try {
      await unlink(file.path);
      return true;
    } catch (error) {
      if (systemCode(error) === "ENOENT") return false;
      throw error;
    }
  }

  /**
   * Between the look and the unlink a model may come to link to it: then the file lives on under that name, and only the
   * chance to share it further is lost. Whoever links after the unlink is told that there is no such content, and fetches.
   */
  async #dropBlob(inode: bigint): Promise<boolean> {
    const names = this.#blobs.get(inode) ?? [];
    for (const { path } of this.#isDryRun ? [] : names) {
      const now = await foundAt(path);
      if (now?.inode === inode) this.#ledger.correct(now);
    }
    if (this.#ledger.linksOf(inode) > names.length) return false;
    this.#blobs.delete(inode);
    let isDropped = false;
    for (const name of names) isDropped = (await this.#dropName(name)) || isDropped;
    return isDropped;
  }
}

/** Where the name is taken, somebody has put a whole tree there meanwhile, and the hidden one is garbage after all. */
async function putBack(hidden: string, path: string): Promise<void> {
  try {
    await rename(hidden, path);
  } catch (error) {
    if (!nameTaken.has(systemCode(error) ?? "")) throw error;
  }
}

const nameTaken: ReadonlySet<string> = new Set(
  process.platform === "win32" ? ["EPERM", "EEXIST", "EACCES"] : ["ENOTEMPTY", "EEXIST"],
);
