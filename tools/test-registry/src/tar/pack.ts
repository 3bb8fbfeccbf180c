import { gzipSync, zstdCompressSync } from "node:zlib";
import { contentOf } from "../../../fault-server/src/index.ts";
import type { Files } from "../content/artifact.ts";
import { fileEntries, type TarEntry, tarOf } from "./tar.ts";

export type Compression = "none" | "gzip" | "zstd";

export function packFiles(files: Files, compression: Compression = "none"): { tar: Buffer; packed: Buffer } {
  const read = Object.entries(files).map(([path, spec]) => [path, contentOf(spec)] as const);
  return packEntries(fileEntries(Object.fromEntries(read)), compression);
}

/** @returns both the archive, whose digest is the diff id, and what is pushed of it. */
export function packEntries(entries: Iterable<TarEntry>, compression: Compression): { tar: Buffer; packed: Buffer } {
  const tar = tarOf(entries);
  return { tar, packed: compress(tar, compression) };
}

function compress(tar: Buffer, compression: Compression): Buffer {
  if (compression === "gzip") return gzipSync(tar);
  return compression === "zstd" ? zstdCompressSync(tar) : tar;
}
