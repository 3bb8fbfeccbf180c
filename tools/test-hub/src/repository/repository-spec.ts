import type { GeneratedSpec } from "../content/generated-content.ts";

/** What a repository is, to `addRepository`. */
export interface RepositorySpec {
  /** The files of `main`, by path: `config.json`, `onnx/model.onnx`. */
  readonly files: Readonly<Record<string, FileSpec>>;
  /** More branches, by name: what they have beside, or instead of, the files of `main`; `null` for what they lack. */
  readonly branches?: Readonly<Record<string, FileChanges>>;
  /** Names for the first commit of `main`. */
  readonly tags?: readonly string[];
  /** Without a token that may read it, it looks as if it did not exist. @default false */
  readonly private?: boolean;
  /** Everybody sees what is in it, but only tokens that may read it get the files. @default false */
  readonly gated?: "auto" | "manual" | false;
  /** Taken down: 403 for everybody. @default false */
  readonly disabled?: boolean;
  /**
   * How files are given: `"redirect"` as the Hub does (small ones by a redirect within the host, LFS files by one to the
   * CDN), `"plain"` as mirrors do (a plain 200 for every file). @default that of the hub
   */
  readonly delivery?: Delivery;
  /** Announces LFS files as Xet files too. There is no Xet storage behind it. @default false */
  readonly xet?: boolean;
}

export type Delivery = "redirect" | "plain";

/** A text, bytes, bytes that are made while they are sent, or a file of this machine. */
export type FileSpec = string | Uint8Array | (FileContentSpec & LfsChoice);

export type FileContentSpec =
  | { readonly content: string | Uint8Array }
  | GeneratedSpec
  /** Absolute path of a file that does not change. */
  | { readonly diskPath: string };

export interface LfsChoice {
  /** Whether git holds a pointer only. @default for names that models have (`*.gguf`, `*.safetensors`, …), and from 10 MB on */
  readonly lfs?: boolean;
}

/** Files by path; `null` removes one. */
export type FileChanges = Readonly<Record<string, FileSpec | null>>;
