import { rename, rm } from "node:fs/promises";
import {
  type DigestAlgorithm,
  type FetchContext,
  type FetchedArtifact,
  type FetchedFile,
  type FetchPlan,
  fileErrorFrom,
  type HfRef,
  type Ingest,
} from "@llama-orch/catalog-core";
import { adoptCached } from "./attempt/adopt-cached.ts";
import { type ArrivedFile, commitOf } from "./attempt/arrived-files.ts";
import { openAttempt } from "./attempt/attempt-folder.ts";
import { checkContent } from "./attempt/check-content.ts";
import { assertPortable } from "./attempt/portable-paths.ts";
import type { Cli } from "./cli/choose-cli.ts";
import { download, type Download } from "./download.ts";
import { isOffline } from "./environment.ts";
import type { HfCliSettings } from "./hf-cli-options.ts";
import { assertServed } from "./plan.ts";

export interface CliFetch extends FetchContext {
  readonly cli: Cli;
  readonly settings: HfCliSettings;
}

/**
 * 1. A folder for this attempt alone, with what earlier ones have left that can be used, and what the CLI's own cache has.
 * 2. The CLI downloads into it; what is there then is looked at (`download.ts`): regular files that the Hub was asked about.
 * 3. All of them are of one commit, each can have its name, and each is hashed and compared with what the Hub declared.
 * 4. Only then it is moved to its target: what lies at a target is whole.
 */
export async function fetchByCli(plan: FetchPlan, ingest: Ingest, how: CliFetch): Promise<FetchedArtifact> {
  const ref = assertServed(plan.ref);
  const run = await prepare(ref, ingest, how);
  const arrived = await download(plan, run);
  const commit = commitOf(arrived, plan.revision);
  assertPortable(arrived.map(({ path }) => path));
  const files: FetchedFile[] = [];
  for (const file of arrived) {
    files.push(await checked(file, run));
    const isTold = run.told.get(file.path) === file.sizeBytes || file.sizeBytes === 0;
    if (!isTold) how.onProgress({ path: file.path, receivedBytes: file.sizeBytes, totalBytes: null, attempt: 1 });
  }
  how.signal.throwIfAborted();
  for (const { path, at } of arrived) {
    const target = await ingest.target(path);
    await rename(at, target.path).catch(writeFailure(target.path));
  }
  // What cannot be removed is litter in a private folder.
  await rm(run.attempt.root, { recursive: true, force: true }).catch(() => {});

  const reusedBytes = arrived.reduce((sum, file) => sum + reusedOf(file, run), 0);
  const { isOpen: _, ...closed } = plan;
  const whole = { ...closed, files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })) };
  return {
    files,
    ...(commit !== undefined && { revision: commit }),
    ...(plan.isOpen === true && { plan: whole }),
    movedBytes: arrived.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - reusedBytes,
    reusedBytes,
  };
}

async function prepare(ref: HfRef, { directory }: Ingest, how: CliFetch): Promise<Download> {
  const { cli, settings, signal } = how;
  const mayTakeOver = !isOffline(settings.env);
  const options = { version: cli.version, mayTakeOver, signal };
  const attempt = await openAttempt(directory, options).catch(writeFailure(directory));
  const cached = await adoptCached(ref, attempt.path, settings.env);
  const held = new Map(attempt.held);
  if (cached !== undefined && ref.selection.type === "path") held.set(ref.selection.path, cached);
  return { ...how, ref, attempt, held, told: new Map() };
}

/** What was there already of the very content that is there now. */
function reusedOf({ path, etag, sizeBytes }: ArrivedFile, { held }: Download): number {
  const before = held.get(path);
  return before?.etag === etag ? Math.min(before.sizeBytes, sizeBytes) : 0;
}

async function checked(file: ArrivedFile, { attempt, expectedDigest, signal, logger }: Download): Promise<FetchedFile> {
  const algorithms = [...new Set<DigestAlgorithm>(["sha256", expectedDigest?.algorithm ?? "sha256"])];
  try {
    return await checkContent(file, { algorithms, signal, logger });
  } catch (error) {
    signal.throwIfAborted();
    // Nothing that may be wrong is left for the next attempt to find.
    await rm(attempt.root, { recursive: true, force: true }).catch(() => {});
    throw fileErrorFrom(error, file.at, "read");
  }
}

function writeFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw fileErrorFrom(cause, path, "write");
  };
}
