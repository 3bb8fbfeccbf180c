import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CliVersion, isAtLeast } from "../cli/cli-version.ts";
import { appearingFiles } from "./appearing-files.ts";
import { downloadsFolder, readMetadata } from "./download-metadata.ts";

/** The folder that one run of the CLI downloads into. */
export interface AttemptFolder {
  /** Absolute. */
  readonly path: string;
  /** Bytes that earlier attempts had left and this one can use. */
  readonly heldBytes: number;
}

const prefix = ".hf-cli-";

/**
 * A new folder in the ingest, with what earlier attempts have left that can be used.
 *
 * Each attempt has a folder of its own: a killed process leaves a CLI behind that may go on writing, and what that still has
 * open must never become part of a model. So whole files are taken over, which no CLI opens again once it has noted them
 * down, and partial ones are copied (releases before 1.18 go on with those; later ones never do). The notes stay behind: without
 * them, the CLI compares what it finds with what the Hub says, and notes it down anew only if it is the same.
 */
export async function openAttempt(ingest: string, version: CliVersion): Promise<AttemptFolder> {
  const path = join(ingest, `${prefix}${randomBytes(6).toString("hex")}`);
  const earlier = (await readdir(ingest)).filter((name) => name.startsWith(prefix)).map((name) => join(ingest, name));
  await mkdir(path);
  for (const folder of earlier) {
    await takeOver(folder, path, version);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
  return { path, heldBytes: (await appearingFiles(path)).totalBytes };
}

async function takeOver(from: string, to: string, version: CliVersion): Promise<void> {
  const { files } = await appearingFiles(from);
  for (const path of files.keys()) {
    const metadata = await readMetadata(from, path);
    // The CLI compares large files alone; a small one is fetched again sooner than it could be trusted.
    if (metadata !== undefined && /^[0-9a-f]{64}$/.test(metadata.etag))
      await place(rename, join(from, path), join(to, path));
  }
  if (isAtLeast(version, 1, 18)) return;
  for (const partial of await partialsOf(join(from, downloadsFolder))) {
    await place(copyFile, join(from, downloadsFolder, partial), join(to, downloadsFolder, partial));
  }
}

async function partialsOf(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.endsWith(".incomplete"));
}

/** What cannot be taken over is fetched again. */
async function place(put: (from: string, to: string) => Promise<void>, from: string, to: string): Promise<void> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await put(from, to);
  } catch {
    await rm(to, { force: true });
  }
}
