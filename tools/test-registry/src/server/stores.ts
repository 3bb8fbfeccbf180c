import type { ContentSpec } from "../../../fault-server/src/index.ts";
import type { BuiltManifest } from "../content/artifact.ts";

/** One repository of a registry. */
export interface Repository {
  readonly blobs: Map<string, ContentSpec>;
  /** By digest. */
  readonly manifests: Map<string, BuiltManifest>;
  /** The digests of tags. */
  readonly tags: Map<string, string>;
  /** What is said of manifests that is not so, by the tag or digest that is asked for. */
  readonly lies: Map<string, ManifestLie>;
}

/** What a registry answers for a tag or digest in place of the truth; what it leaves out stays true. */
export interface ManifestLie {
  /** Other bytes. */
  readonly bytes?: Uint8Array;
  /** Bytes without an end: said to be a tebibyte, or in chunks without a length. */
  readonly endless?: "sized" | "unsized";
  /** `null` for none. */
  readonly contentType?: string | null;
  /** `Docker-Content-Digest`; `null` for none. */
  readonly contentDigest?: string | null;
}

export function emptyRepository(): Repository {
  return { blobs: new Map(), manifests: new Map(), tags: new Map(), lies: new Map() };
}

/** What a path below `/v2/` asks for. */
export type Asked =
  | { readonly type: "base" }
  | { readonly type: "manifests" | "blobs" | "referrers"; readonly name: string; readonly reference: string }
  | { readonly type: "tags"; readonly name: string };

/** @param path with or without a query; its escapes mean what they stand for. */
export function parsePath(path: string): Asked | undefined {
  const plain = plainPath(path);
  if (/^\/v2\/?$/.test(plain)) return { type: "base" };
  const [, name, type, reference] = /^\/v2\/(.+)\/(manifests|blobs|referrers|tags)\/([^/]+)$/.exec(plain) ?? [];
  if (name === undefined || reference === undefined) return undefined;
  if (type === "tags") return reference === "list" ? { type, name } : undefined;
  return type === "manifests" || type === "blobs" || type === "referrers" ? { type, name, reference } : undefined;
}

/** Without the query, and without escapes. */
export function plainPath(path: string): string {
  const [plain = ""] = path.split("?");
  return URL.canParse(plain, "http://localhost") && !/%(?![0-9A-Fa-f]{2})/.test(plain) ? unescaped(plain) : plain;
}

function unescaped(path: string): string {
  return path.replaceAll(/%[0-9A-Fa-f]{2}/g, (text) => String.fromCodePoint(Number.parseInt(text.slice(1), 16)));
}
