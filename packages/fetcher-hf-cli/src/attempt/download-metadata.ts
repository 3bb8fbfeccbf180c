import { open } from "node:fs/promises";
import { join } from "node:path";

/** What the CLI notes down beside a file that it has brought, or compared with what the Hub has. */
export interface DownloadMetadata {
  /** 40 hex digits. */
  readonly commit: string;
  /** The Hub's name of the content: a sha256 for what is kept in large storage, a git blob's sha1 for the rest. */
  readonly etag: string;
}

/** Where the CLI keeps its notes, below the folder that it downloads into. Not part of any model. */
const notesFolder: string = join(".cache", "huggingface");

/** Below {@link notesFolder}: the notes, the locks, and what is not complete yet, in the folders of the repository. */
export const downloadsFolder: string = join(notesFolder, "download");

/** Whether the Hub names a content of large storage so: by its sha256. */
export function isLargeEtag(etag: string): boolean {
  return /^[0-9a-f]{64}$/.test(etag);
}

/** In bytes. Three lines: commit, etag, seconds since 1970. */
const longestNote = 4_096;

/** @returns undefined when there is none, or none that can be understood: then nothing vouches for the file. */
export async function readMetadata(folder: string, path: string): Promise<DownloadMetadata | undefined> {
  const text = await readStart(join(folder, downloadsFolder, `${path}.metadata`));
  const [commit = "", etag = ""] = (text ?? "").split("\n");
  return /^[0-9a-f]{40}$/.test(commit) && etag !== "" ? { commit, etag: etag.trim() } : undefined;
}

async function readStart(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const buffer = Buffer.alloc(longestNote);
    const { bytesRead } = await file.read(buffer, 0, longestNote, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  }
}
