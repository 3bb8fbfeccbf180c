import type { Descriptor, ManifestDocument } from "../manifest/documents.ts";

/** What one layer brings. */
export type Part =
  /** The layer is the file. */
  | { readonly type: "file"; readonly path: string; readonly layer: Descriptor }
  /** The layer is an archive of files. */
  | ArchivePart;

export interface ArchivePart {
  readonly type: "archive";
  readonly layer: Descriptor;
  readonly compression: Compression;
  /** Only what is in this folder of it; its path is left out. Absent: all. */
  readonly below?: string;
  /** A layer of an image may take away what those before it have brought (`.wh.NAME`). */
  readonly whiteouts?: boolean;
}

export type Compression = "none" | "gzip" | "zstd";

/** One way in which models are laid out in registries. */
export interface Layout {
  /** To be told: `ModelPack`. */
  readonly name: string;
  recognises(manifest: ManifestDocument): boolean;
  /**
   * What its layers bring, in their order.
   * @throws ModelError `OCI_LAYER_UNSUPPORTED`
   */
  parts(manifest: ManifestDocument): readonly Part[];
}
