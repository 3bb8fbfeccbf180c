import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { hfCliError } from "../errors.ts";
import { type DownloadMetadata, notesFolder, readMetadata } from "./download-metadata.ts";

/** A file that the CLI has brought, and says where from. */
export interface ArrivedFile extends DownloadMetadata {
  /** In the repository; `/` between segments. */
  readonly path: string;
  /** Absolute. */
  readonly at: string;
  readonly sizeBytes: number;
}

/**
 * What has arrived in a download folder: regular files of one commit, each with the CLI's note. Anything else means that
 * the CLI has not done what its exit code says.
 * @throws ModelError `HF_CLI_RESULT_WRONG`
 */
export async function arrivedFiles(folder: string): Promise<readonly ArrivedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: ArrivedFile[] = [];
  for (const entry of entries) {
    const at = join(entry.parentPath, entry.name);
    const path = relative(folder, at).split(sep).join("/");
    if (entry.isDirectory() || isNote(path)) continue;
    // A link could lead out of the folder; a FIFO would be waited for.
    if (!entry.isFile()) throw wrongResult(path, "it is no regular file");
    files.push({ path, at, sizeBytes: (await lstat(at)).size, ...(await noteOf(folder, path)) });
  }
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function noteOf(folder: string, path: string): Promise<DownloadMetadata> {
  const metadata = await readMetadata(folder, path);
  if (metadata === undefined) throw wrongResult(path, "the CLI has not compared it with what the Hub has");
  return metadata;
}

function isNote(path: string): boolean {
  return path.startsWith(`${notesFolder.split(sep).join("/")}/`);
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
