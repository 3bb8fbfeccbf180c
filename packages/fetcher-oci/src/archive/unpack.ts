import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname } from "node:path/posix";
import { promises as streams } from "node:stream";
import { assertSpace, fileErrorFrom, isModelError, systemCode } from "@llama-orch/catalog-core";
import { type Extract, extract, type Header } from "tar-stream";
import type { Compression } from "../layout/layout.ts";
import { assertPortable } from "../plan/plan-paths.ts";
import { decompressor } from "./decompress.ts";
import { entryName, linkTarget } from "./entry-name.ts";
import { noArchive, unsafe } from "./refusals.ts";
import { sinkOf } from "./sink.ts";
import { spaceBytes, type Unpacked } from "./unpacked.ts";

export interface Unpacking {
  readonly compression: Compression;
  /** What an entry is called in the artifact; nothing if it is not wanted. */
  readonly nameOf: (entry: string) => string | undefined;
  /** Entries named `.wh.…` take away what earlier layers have brought. */
  readonly whiteouts: boolean;
  /** What the archives before this one have brought; this one adds to it. */
  readonly unpacked: Unpacked;
  readonly signal: AbortSignal;
}

/** In bytes. */
const pieceBytes = 1024 * 1024;

/**
 * Unpacks an archive, entry by entry. What it may bring is regular files below one folder; links that stay within it count as
 * what they lead to.
 * @throws ModelError `OCI_ARCHIVE_UNSAFE`, `OCI_ARCHIVE_TOO_LARGE`, `OCI_LAYER_UNSUPPORTED`, the `FILE_…` codes of writing;
 *   `signal.reason` untouched when aborted
 */
export async function unpack(path: string, how: Unpacking): Promise<void> {
  how.signal.throwIfAborted();
  const entries = extract();
  const reading = readInto(entries, path, how);
  try {
    for await (const entry of entries) {
      await take(entry.header, entry, how);
      entry.resume();
    }
    await reading;
  } catch (error) {
    how.signal.throwIfAborted();
    if (isModelError(error)) throw error;
    throw isOfDisk(error) ? fileErrorFrom(error, path, "read") : noArchive(error);
  } finally {
    entries.destroy();
    await reading.catch(() => {});
  }
}

function readInto(entries: Extract, path: string, { compression, unpacked, signal }: Unpacking): Promise<void> {
  const source = createReadStream(path, { highWaterMark: pieceBytes });
  const through = decompressor(compression);
  const sink = sinkOf(entries, unpacked);
  const reading =
    through === undefined
      ? streams.pipeline(source, sink, { signal })
      : streams.pipeline(source, through, sink, { signal });
  // Whoever waits for it sees it; until then it must not end the process.
  reading.catch(() => {});
  return reading;
}

async function take(header: Header, content: AsyncIterable<unknown>, how: Unpacking): Promise<void> {
  const { unpacked, nameOf, signal } = how;
  signal.throwIfAborted();
  unpacked.countEntry();
  // Also of what is not wanted, for it is read all the same.
  if (header.size !== undefined && header.size > 0) unpacked.countBytes(header.size);
  const entry = entryName(header.name);
  if (how.whiteouts && basename(entry).startsWith(whiteout)) return hide(entry, unpacked);
  const name = nameOf(entry);
  if (name === undefined) return;
  if (header.type !== "directory") assertPortable([name]);
  switch (header.type) {
    case "file":
    case "contiguous-file":
      return write({ entry, name, sizeBytes: header.size }, content, unpacked);
    case "directory":
      return;
    case "link":
    case "symlink":
      return unpacked.link(entry, { name, target: linkTarget(entry, header.linkname ?? "", header.type) });
    default:
      throw unsafe(header.name, `it is neither file nor folder, but ${header.type ?? "of a kind that is not known"}`);
  }
}

/** Of the layers of images (image-spec, layer.md). */
const whiteout = ".wh.";
const opaque = ".wh..wh..opq";

async function hide(entry: string, unpacked: Unpacked): Promise<void> {
  const folder = dirname(entry) === "." ? "" : dirname(entry);
  if (basename(entry) === opaque) return unpacked.hide(folder, "all below it");
  const hidden = basename(entry).slice(whiteout.length);
  return unpacked.hide(folder === "" ? hidden : `${folder}/${hidden}`, "it");
}

interface Wanted {
  readonly entry: string;
  readonly name: string;
  readonly sizeBytes: number;
}

async function write(
  { entry, name, sizeBytes }: Wanted,
  content: AsyncIterable<unknown>,
  unpacked: Unpacked,
): Promise<void> {
  const path = await unpacked.place(entry, name);
  if (sizeBytes >= spaceBytes) await assertSpace(unpacked.directory, { neededBytes: sizeBytes });
  const hash = createHash("sha256");
  try {
    await using file = await open(path, "w");
    for await (const piece of content) {
      if (!(piece instanceof Uint8Array)) throw new TypeError("an archive is made of bytes");
      hash.update(piece);
      await file.writeFile(piece);
    }
  } catch (error) {
    throw isOfDisk(error) ? fileErrorFrom(error, path, "write") : error;
  }
  unpacked.add(entry, { name, sizeBytes, sha256: hash.digest("hex") });
}

/** What the file system fails with. Node's streams and zlib have codes, too (`ERR_…`, `Z_…`, `ZSTD_…`). */
function isOfDisk(error: unknown): boolean {
  const code = systemCode(error);
  return code !== undefined && !/^(?:ERR_|Z_|ZSTD_)/.test(code);
}
