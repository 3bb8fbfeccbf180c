/** What a person writes to name a model, parsed. Made by {@link parseModelRef}, printed by {@link modelId}. */
export type ModelRef = FileRef | HfRef | UrlRef | OtherRef;

/** A file or folder of this machine: `file:/a/b`, `file:///a/b`, `~/b`, `./b`, `C:\b`, `\\server\share\b`. */
export interface FileRef {
  readonly kind: "file";
  /**
   * Absolute and lexically normalized; symbolic links are not resolved, unicode is left as it is.
   * POSIX form (`/a/b`), drive form (`C:\a\b`, upper-case letter) or UNC form (`\\server\share\b`),
   * told apart by the text alone and never by the platform that runs.
   */
  readonly path: string;
}

/** A model on a Hugging Face Hub: `hf:org/repo[@revision][/path | :TAG | ?include=GLOB&exclude=GLOB]`. */
export interface HfRef {
  readonly kind: "hf";
  readonly org: string;
  readonly repo: string;
  /** Branch, tag or commit, decoded (`refs/pr/1`). Absent: the repository's default branch. */
  readonly revision?: string;
  readonly selection: HfSelection;
}

export type HfSelection =
  /** The whole repository, or the part of it that the globs select. Both lists are sorted and free of duplicates. */
  | { readonly type: "repository"; readonly include: readonly string[]; readonly exclude: readonly string[] }
  /** One file (or, where the fetcher finds a folder there, that folder). */
  | { readonly type: "path"; readonly path: string }
  /** A quantization tag, as in `:Q4_K_M`. */
  | { readonly type: "tag"; readonly tag: string };

/** Any `scheme://…`: `https`, `s3`, `oci`, or a scheme of a fetcher that this package has never heard of. */
export interface UrlRef {
  readonly kind: "url";
  readonly scheme: string;
  /** Without secrets; what was dropped of the text as written is in {@link requestUrl} alone. */
  readonly url: string;
}

/** Any other `scheme:locator`. Its grammar belongs to the fetcher of the scheme, through `normalize`. */
export interface OtherRef {
  readonly kind: "other";
  readonly scheme: string;
  readonly locator: string;
}

/** The scheme that a fetcher must serve for this reference. Lower-case, without the colon. */
export function schemeOf(ref: ModelRef): string {
  return ref.kind === "file" || ref.kind === "hf" ? ref.kind : ref.scheme;
}
