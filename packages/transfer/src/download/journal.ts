import { appendFile, lstat, readFile, writeFile } from "node:fs/promises";
import { bootId, type IngestTarget } from "@llama-orch/catalog-core";
import { type Range, Ranges } from "./ranges.ts";
import type { Version } from "./version.ts";

/**
 * What a transfer notes down beside its file, to be gone on with by another process: of which version the bytes are, in
 * which boot they were written, and which of them are there.
 *
 *     {"writer":"transfer","format":1,"boot":"…","inode":"…","sizeBytes":…,"etag":"…","digest":"sha256:…"}
 *     0-8388608
 *     16777216-25165824
 *
 * The first line is written while the file is empty; each other one after its bytes were. A line that was not finished
 * counts for nothing. So whenever the process ends, what the journal says is there has been written.
 */
export interface JournalHead {
  readonly version: Version;
  /** Of the file that the bytes were written to. */
  readonly inode: string;
  /** What the whole file must come to, where that is known: then bytes of another source, or of another boot, may be used. */
  readonly digest: string | undefined;
  /** The bytes may be of several mirrors, whose ETags say nothing of one another. @default false */
  readonly isMixed?: boolean;
}

/** What an earlier attempt has left, and may be used. */
export interface Held {
  readonly head: JournalHead;
  readonly ranges: Ranges;
}

export interface Wanted {
  readonly digest: string | undefined;
  /** Bytes of several mirrors may be added: what is noted as of one source cannot be gone on with then. @default false */
  readonly isMixed?: boolean;
}

/**
 * What may be used of an earlier attempt: in any doubt nothing.
 *
 * Bytes of another boot may be lost, whatever the journal says, if they had not reached the disk. They are used only where
 * the digest decides in the end; and so are those of a source that does not tell its versions apart, and those of a file that
 * is not the one that was noted: another fetcher may have put its own there, and leaves the journal as it is.
 */
export async function readHeld(target: IngestTarget, wanted: Wanted): Promise<Held | undefined> {
  // Unreadable for whatever reason: it vouches for nothing.
  const text = await readFile(target.journalPath, "utf8").catch(() => "");
  const [first = "", ...lines] = text.split("\n");
  const head = parseHead(first);
  if (head === undefined) return undefined;
  const stats = await lstat(target.path, { bigint: true }).catch(() => undefined);
  // A file with a second name is somebody's content.
  if (stats === undefined || !stats.isFile() || stats.nlink !== 1n) return undefined;
  const isDecided = wanted.digest !== undefined && head.digest === wanted.digest;
  const isNoted = head.boot === bootId() && head.inode === String(stats.ino);
  // A time alone is too coarse: a file may be replaced twice within a second.
  const isTrusted = isNoted && head.isMixed !== true && wanted.isMixed !== true && head.version.etag !== undefined;
  if (!isDecided && !isTrusted) return undefined;
  // The last one is empty, or was not finished.
  const ranges = new Ranges(lines.slice(0, -1).flatMap((line) => parseRange(line, head.version.sizeBytes) ?? []));
  const end = ranges.parts.at(-1)?.to ?? 0;
  // One that is shorter than it was, or longer than it can be, is not the one that was written.
  const isItself = stats.size >= end && stats.size <= head.version.sizeBytes;
  return end > 0 && isItself ? { head, ranges } : undefined;
}

/**
 * To be called when the file was made, before anything is written to it: an old journal beside a new file would vouch for
 * bytes that are not there, but for none of an empty one.
 */
export async function beginJournal(path: string, { version, inode, digest, isMixed }: JournalHead): Promise<void> {
  const { sizeBytes, etag, lastModified } = version;
  const head = { writer: "transfer", format: 1, boot: bootId(), inode, sizeBytes, etag, lastModified, digest, isMixed };
  await writeFile(path, `${JSON.stringify(head)}\n`);
}

/** To be called when these bytes were written. */
export async function noteRanges(path: string, ranges: readonly Range[]): Promise<void> {
  if (ranges.length > 0) await appendFile(path, ranges.map(({ from, to }) => `${from}-${to}\n`).join(""));
}

function parseHead(line: string): (JournalHead & { readonly boot: string }) | undefined {
  const facts = parseObject(line);
  const { writer, format, boot, inode, sizeBytes, etag, lastModified, digest, isMixed } = facts;
  if (writer !== "transfer" || format !== 1 || typeof boot !== "string") return undefined;
  if (typeof sizeBytes !== "number" || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return undefined;
  return {
    boot,
    inode: typeof inode === "string" ? inode : "",
    digest: typeof digest === "string" ? digest : undefined,
    isMixed: isMixed === true,
    version: {
      sizeBytes,
      ...(typeof etag === "string" && { etag }),
      ...(typeof lastModified === "string" && { lastModified }),
    },
  };
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function parseRange(line: string, sizeBytes: number): Range | undefined {
  const [, from = "", to = ""] = /^(\d{1,15})-(\d{1,15})$/.exec(line) ?? [];
  const range = { from: Number(from), to: Number(to) };
  return from !== "" && range.from < range.to && range.to <= sizeBytes ? range : undefined;
}
