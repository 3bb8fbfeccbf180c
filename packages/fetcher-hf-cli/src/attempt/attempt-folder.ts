import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CliVersion, isAtLeast } from "../cli/cli-version.ts";
import { appearingFiles } from "./appearing-files.ts";
import { copyPartial } from "./copy-partial.ts";
import { downloadsFolder, isLargeEtag, readMetadata } from "./download-metadata.ts";
import { readTaken, type TakenFiles, writeTaken } from "./taken-files.ts";

/** The folder of one run of the CLI. */
export interface AttemptFolder {
  /** Absolute. All of the attempt. */
  readonly root: string;
  /** Absolute. What the CLI downloads into. */
  readonly path: string;
  /** What was put there before, by path in the repository. */
  readonly held: ReadonlyMap<string, HeldFile>;
}

/** What an earlier attempt, or the CLI's own cache, has of a file. */
export interface HeldFile {
  readonly sizeBytes: number;
  /** Of the content that it was a part of. */
  readonly etag: string;
}

export interface AttemptOptions {
  readonly version: CliVersion;
  /** Whether what earlier attempts have left is put before this one; else it stays where it is. */
  readonly mayTakeOver: boolean;
  readonly signal: AbortSignal;
}

const prefix = ".hf-cli-";

/**
 * A new folder in the ingest, with what earlier attempts have left that can be used.
 *
 * Each attempt has a folder of its own: a killed process leaves a CLI behind that may go on writing, and what that still has
 * open must never become part of a model. So whole files are taken over, which no CLI opens again once it has noted them
 * down, and partial ones are copied (releases before 1.18 go on with those; later ones never do). The notes stay behind: without
 * them, the CLI compares what it finds with what the Hub says, and notes it down anew only if it is the same. That they were
 * whole is written down beside, before they move: this attempt may fail as well.
 */
export async function openAttempt(ingest: string, options: AttemptOptions): Promise<AttemptFolder> {
  const root = join(ingest, `${prefix}${randomBytes(6).toString("hex")}`);
  const path = filesOf(root);
  const earlier = (await readdir(ingest)).filter((name) => name.startsWith(prefix)).map((name) => join(ingest, name));
  await mkdir(path, { recursive: true });
  const held = new Map<string, HeldFile>();
  if (!options.mayTakeOver) return { root, path, held };
  const whole = await Promise.all(earlier.map(wholeFiles));
  await writeTaken(root, Object.fromEntries(whole.flatMap((files) => Object.entries(files))));
  for (const [index, from] of earlier.entries()) {
    options.signal.throwIfAborted();
    await takeOver(from, { path, held, whole: whole[index] ?? {}, options });
    await rm(from, { recursive: true, force: true, maxRetries: 3 });
  }
  return { root, path, held };
}

/** Below the attempt's folder; what the attempt itself notes down lies beside. */
function filesOf(root: string): string {
  return join(root, "files");
}

/** What is whole in an earlier attempt: by the CLI's note, or because that attempt had taken it over. */
async function wholeFiles(root: string): Promise<TakenFiles> {
  const taken = await readTaken(root);
  const { files } = await appearingFiles(filesOf(root));
  const whole: Record<string, string> = {};
  for (const path of files.keys()) {
    const etag = (await readMetadata(filesOf(root), path))?.etag ?? taken[path];
    // The CLI compares large files alone; a small one is fetched again sooner than it could be trusted.
    if (etag !== undefined && isLargeEtag(etag)) whole[path] = etag;
  }
  return whole;
}

interface TakeOver {
  readonly path: string;
  readonly held: Map<string, HeldFile>;
  readonly whole: TakenFiles;
  readonly options: AttemptOptions;
}

async function takeOver(root: string, { path: to, held, whole, options }: TakeOver): Promise<void> {
  const from = filesOf(root);
  const { files, partials } = await appearingFiles(from);
  for (const [path, etag] of Object.entries(whole)) {
    const isMoved = await place(rename, join(from, path), join(to, path));
    if (isMoved) held.set(path, { sizeBytes: files.get(path) ?? 0, etag });
  }
  if (isAtLeast(options.version, 1, 18)) return;
  for (const { name, path, sizeBytes, etag } of partials) {
    const copy = (source: string, target: string): Promise<void> => copyPartial(source, target, options.signal);
    const isCopied = await place(copy, join(from, downloadsFolder, name), join(to, downloadsFolder, name));
    options.signal.throwIfAborted();
    if (isCopied) held.set(path ?? name, { sizeBytes, etag });
  }
}

/** What cannot be taken over is fetched again. */
async function place(put: (from: string, to: string) => Promise<void>, from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await put(from, to);
    return true;
  } catch {
    await rm(to, { force: true });
    return false;
  }
}
