import type { FoundFile } from "../files-below.ts";

interface Account {
  readonly sizeBytes: number;
  /** Names that the file has in all, as far as known. */
  links: number;
  /** Those of them that were found below the cache. */
  names: number;
}

/**
 * Who still has a name for which bytes. Bytes are given back when the last name of their file goes, and not before, so a
 * run that only says what it would do must count the names that it would have taken.
 */
export class Ledger {
  readonly #accounts = new Map<bigint, Account>();
  #freedBytes = 0;
  #keptBytes = 0;

  constructor(names: Iterable<FoundFile>) {
    for (const { inode, sizeBytes, links } of names) {
      const known = this.#accounts.get(inode);
      if (known === undefined) this.#keptBytes += sizeBytes;
      this.#accounts.set(inode, {
        sizeBytes,
        links: Math.max(links, known?.links ?? 0),
        names: (known?.names ?? 0) + 1,
      });
    }
  }

  get freedBytes(): number {
    return this.#freedBytes;
  }

  /** Bytes that have a name below the cache, each file once. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  linksOf(inode: bigint): number {
    return this.#accounts.get(inode)?.links ?? 0;
  }

  /** Another look at a file: others may have given it names, or taken some, since it was found. */
  correct({ inode, links }: FoundFile): void {
    const account = this.#accounts.get(inode);
    if (account !== undefined) account.links = links;
  }

  /**
   * A name is gone. What was not there when the cache was surveyed does not count.
   * @param isOurs whether it was this run that took it; if not, what it frees is counted by someone else.
   */
  drop(inode: bigint, isOurs: boolean): void {
    const account = this.#accounts.get(inode);
    if (account === undefined || account.names === 0) return;
    account.names -= 1;
    account.links -= 1;
    if (account.names === 0) this.#keptBytes -= account.sizeBytes;
    if (account.links === 0 && isOurs) this.#freedBytes += account.sizeBytes;
  }
}
