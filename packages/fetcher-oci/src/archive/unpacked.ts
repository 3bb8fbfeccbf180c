import { constants, copyFile, rm } from "node:fs/promises";
import { fileErrorFrom, type Ingest } from "@llama-orch/catalog-core";
import type { ArchiveLimits } from "./archive-limits.ts";
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

  /** Absolute path to write a file to. */
  async place(name: string): Promise<string> {
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
      await rm(await this.place(name), { force: true });
    }
  }

  /**
   * Puts in the place of each link a copy of what it leads to: an artifact is made of files.
   * @throws ModelError `OCI_ARCHIVE_UNSAFE`, `OCI_ARCHIVE_TOO_LARGE`, and the `FILE_…` codes of writing
   */
  async settleLinks(): Promise<void> {
    for (const [entry, { name }] of this.#links) {
      const end = this.#endOf(entry);
      const file = this.#files.get(end);
      if (file === undefined) throw unsafe(entry, `it is a link to ${JSON.stringify(end)}, which is none of the files`);
      this.countBytes(file.sizeBytes);
      const place = await this.place(name);
      await copyFile(await this.place(file.name), place, constants.COPYFILE_FICLONE).catch((error: unknown) => {
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
