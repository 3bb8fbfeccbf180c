import { constants, copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { assertSpace, fileErrorFrom, type Ingest } from "@llama-orch/catalog-core";
import type { ArchiveLimits } from "./archive-limits.ts";
import { clearAbove, isFolder } from "./make-way.ts";
import { tooLarge, unsafe } from "./refusals.ts";

export interface UnpackedFile {
  /** In the artifact. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

interface Link {
  readonly name: string;
  /** The entry that it leads to. */
  readonly target: string;
}

/** Of an entry that is no file: its own head, and those with a long name; in bytes. */
const headBytes = 8 * 1024;
/** Of an archive: what archivers fill it up with, and the names that are longer still; in bytes. */
const endBytes = 16 * 1024 * 1024;
/** Room is looked for where a file is at least so large, in bytes. */
export const spaceBytes: number = 1024 * 1024;

/** What the archives of a model have brought so far, by the names of their entries: a later one takes the place of an earlier. */
export class Unpacked {
  readonly #ingest: Ingest;
  readonly #limits: ArchiveLimits;
  readonly #files = new Map<string, UnpackedFile & { readonly layer: number }>();
  readonly #links = new Map<string, Link & { readonly layer: number }>();
  #layer = 0;
  #entries = 0;
  #totalBytes = 0;

  constructor(ingest: Ingest, limits: ArchiveLimits) {
    this.#ingest = ingest;
    this.#limits = limits;
  }

  get directory(): string {
    return this.#ingest.directory;
  }

  get files(): readonly UnpackedFile[] {
    return [...this.#files.values()];
  }

  /** What comes from now on is of another layer than what is here. */
  beginLayer(): void {
    this.#layer += 1;
  }

  /** @throws ModelError `OCI_ARCHIVE_TOO_LARGE` */
  countEntry(): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.maxEntries) throw tooLarge("maxEntries", this.#limits.maxEntries, "entries");
  }

  /** @throws ModelError `OCI_ARCHIVE_TOO_LARGE` */
  countBytes(sizeBytes: number): void {
    const { maxFileBytes, maxTotalBytes } = this.#limits;
    if (sizeBytes > maxFileBytes) throw tooLarge("maxFileBytes", maxFileBytes, "bytes in one file");
    this.#totalBytes += sizeBytes;
    if (this.#totalBytes > maxTotalBytes) throw tooLarge("maxTotalBytes", maxTotalBytes, "bytes in all");
  }

  /** What is read of one archive, with all that is not files: so much a small one cannot grow to for ever. */
  countRead(readBytes: number): void {
    const { maxEntries, maxTotalBytes } = this.#limits;
    if (readBytes > maxTotalBytes + maxEntries * headBytes + endBytes)
      throw tooLarge("maxTotalBytes", maxTotalBytes, "bytes in all");
  }

  /**
   * Absolute path to write a file to. What an earlier layer, or a process that was killed, has in its way gives way: a file
   * where there is to be a folder, a folder where there is to be a file.
   * @throws ModelError `OCI_ARCHIVE_UNSAFE` where the same layer has both
   */
  async place(entry: string, name: string): Promise<string> {
    for (let at = entry.indexOf("/"); at !== -1; at = entry.indexOf("/", at + 1)) {
      const file = entry.slice(0, at);
      const other = this.#files.get(file) ?? this.#links.get(file);
      if (other?.layer === this.#layer) throw unsafe(entry, `${JSON.stringify(file)} is a file, and a folder, too`);
      if (other !== undefined) await this.hide(file, "it");
    }
    const path = join(this.directory, ...name.split("/"));
    await clearAbove(path, this.directory);
    if (await isFolder(path)) {
      await this.hide(entry, "all below it");
      const below = [...this.#files.keys(), ...this.#links.keys()].find((other) => other.startsWith(`${entry}/`));
      if (below !== undefined) throw unsafe(below, `${JSON.stringify(entry)} is a file, and a folder, too`);
      await rm(path, { recursive: true, force: true });
    }
    return this.#path(name);
  }

  async #path(name: string): Promise<string> {
    return (await this.#ingest.target(name)).path;
  }

  add(entry: string, file: UnpackedFile): void {
    this.#links.delete(entry);
    this.#files.set(entry, { ...file, layer: this.#layer });
  }

  link(entry: string, link: Link): void {
    this.#files.delete(entry);
    this.#links.set(entry, { ...link, layer: this.#layer });
  }

  /** Takes away what layers before this one have brought: an entry with all below it, or only what is below it. */
  async hide(entry: string, what: "it" | "all below it"): Promise<void> {
    const isMeant = (other: string, layer: number): boolean =>
      layer < this.#layer && (entry === "" || other.startsWith(`${entry}/`) || (what === "it" && other === entry));
    for (const [other, { layer }] of this.#links) if (isMeant(other, layer)) this.#links.delete(other);
    for (const [other, { layer, name }] of this.#files) {
      if (!isMeant(other, layer)) continue;
      this.#files.delete(other);
      await rm(await this.#path(name), { force: true });
    }
  }

  /**
   * Puts in the place of each link a copy of what it leads to: an artifact is made of files.
   * @throws ModelError `OCI_ARCHIVE_UNSAFE`, `OCI_ARCHIVE_TOO_LARGE`, and the `FILE_…` codes of writing; `signal.reason`
   */
  async settleLinks(signal: AbortSignal): Promise<void> {
    for (const [entry, { name }] of this.#links) {
      signal.throwIfAborted();
      const end = this.#endOf(entry);
      const file = this.#files.get(end);
      if (file === undefined) throw unsafe(entry, `it is a link to ${JSON.stringify(end)}, which is none of the files`);
      this.countBytes(file.sizeBytes);
      if (file.sizeBytes >= spaceBytes) await assertSpace(this.directory, { neededBytes: file.sizeBytes });
      const place = await this.place(entry, name);
      await copyFile(await this.#path(file.name), place, constants.COPYFILE_FICLONE).catch((error: unknown) => {
        throw fileErrorFrom(error, place, "write");
      });
      this.#files.set(entry, { ...file, name });
    }
    this.#links.clear();
  }

  #endOf(entry: string): string {
    const seen = new Set<string>();
    let end = entry;
    for (let link = this.#links.get(end); link !== undefined; link = this.#links.get(end)) {
      if (seen.has(end)) throw unsafe(entry, "it is a link that leads to itself");
      seen.add(end);
      end = link.target;
    }
    return end;
  }
}
