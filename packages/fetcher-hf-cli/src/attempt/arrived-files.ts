import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileErrorFrom } from "@llama-orch/catalog-core";
import { hfCliError } from "../errors.ts";
import { type DownloadMetadata, readMetadata } from "./download-metadata.ts";

/** A file that the CLI has brought, and says where from. */
export interface ArrivedFile extends DownloadMetadata {
  /** In the repository; `/` between segments. */
  readonly path: string;
  /** Absolute. */
  readonly at: string;
  readonly sizeBytes: number;
}

/** What lies in a download folder when the CLI has ended. */
export interface Arrived {
  /** Files that the CLI has noted as compared with what the Hub has. In bytewise order of path. */
  readonly noted: readonly ArrivedFile[];
  /** Paths of those that it has not. */
  readonly unnoted: readonly string[];
}

/**
 * Looks at what has arrived. Anything but regular files means that the CLI has not done what its exit code says.
 * @throws ModelError `HF_CLI_RESULT_WRONG`, `FILE_IO`
 */
export async function arrivedFiles(folder: string): Promise<Arrived> {
  const noted: ArrivedFile[] = [];
  const unnoted: string[] = [];
  const fail = (cause: unknown): never => {
    throw fileErrorFrom(cause, folder, "read");
  };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(fail)) {
    const at = join(entry.parentPath, entry.name);
    const path = relative(folder, at).split(sep).join("/");
    if (entry.isDirectory() || isNote(path)) continue;
    // A link could lead out of the folder; a FIFO would be waited for.
    if (!entry.isFile()) throw wrongResult(path, "it is no regular file");
    const metadata = await readMetadata(folder, path);
    if (metadata === undefined) unnoted.push(path);
    else noted.push({ path, at, sizeBytes: (await lstat(at).catch(fail)).size, ...metadata });
  }
  return { noted: noted.toSorted((a, b) => (a.path < b.path ? -1 : 1)), unnoted };
}

/** Whether the CLI keeps it for itself. A repository that has such paths could write the CLI's notes for it. */
function isNote(path: string): boolean {
  if (!path.startsWith(".cache/huggingface/")) return false;
  const own = path.slice(".cache/huggingface/".length);
  if (/^(?:\.gitignore|CACHEDIR\.TAG|trees\/[^/]+\.json)$/.test(own)) return true;
  const isOfDownload = /^download\/.+\.(?:metadata|lock|incomplete)$/.test(own);
  if (isOfDownload && !own.startsWith("download/.cache/huggingface/")) return true;
  throw wrongResult(
    path,
    "the repository has files where the CLI keeps its own notes; use @llama-orch/fetcher-hf for it",
  );
}

/** The commit that all of them are of. @throws ModelError `HF_CLI_RESULT_WRONG` */
export function commitOf(files: readonly ArrivedFile[], pinned: string | undefined): string | undefined {
  const commit = pinned ?? files[0]?.commit;
  const other = files.find((file) => file.commit !== commit);
  if (other !== undefined) throw wrongResult(other.path, `it is of commit ${other.commit}, and not of ${commit}`);
  return commit;
}

export function wrongResult(path: string, problem: string): Error {
  return hfCliError("HF_CLI_RESULT_WRONG", {
    message: `The Hugging Face CLI ended as if it had succeeded, and has not: ${path}: ${problem}.`,
    hint: "Try again, with the Hub in reach; if it happens again, update the CLI, or use @llama-orch/fetcher-hf.",
    facts: { path, problem },
  });
}
