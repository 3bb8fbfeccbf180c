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
import { type ArrivedFile, arrivedFiles, commitOf, wrongResult } from "./attempt/arrived-files.ts";
import { type AttemptFolder, openAttempt } from "./attempt/attempt-folder.ts";
import { adoptCached } from "./attempt/adopt-cached.ts";
import { checkContent } from "./attempt/check-content.ts";
import { watchDownload } from "./attempt/watch-download.ts";
import { childEnvironment } from "./cli/child-environment.ts";
import type { Cli } from "./cli/choose-cli.ts";
import { downloadArguments } from "./cli/download-arguments.ts";
import { type CliRun, runCli } from "./cli/run-cli.ts";
import { explainFailure, nothingSelected } from "./failures/explain-failure.ts";
import type { HfCliSettings } from "./hf-cli-options.ts";
import { assertServed } from "./plan.ts";

export interface CliFetch extends FetchContext {
  readonly cli: Cli;
  readonly settings: HfCliSettings;
}

/**
 * 1. A folder for this attempt alone, with what earlier ones have left that can be used, and what the CLI's own cache has.
 * 2. The CLI downloads into it. Its exit code and its output are hints.
 * 3. What is there is looked at: regular files, of one commit, all of those that were asked for.
 * 4. Each is hashed, and compared with what the Hub declared.
 * 5. Only then it is moved to its target: what lies at a target is whole.
 */
export async function fetchByCli(plan: FetchPlan, ingest: Ingest, how: CliFetch): Promise<FetchedArtifact> {
  const { cli, settings, signal, onProgress } = how;
  const ref = assertServed(plan.ref);
  const attempt = await openAttempt(ingest.directory, cli.version).catch(writeFailure(ingest.directory));
  const clonedBytes = await adoptCached(ref, attempt.path, settings.env);
  const heldBytes = attempt.heldBytes + clonedBytes;
  const run = await download(ref, { ...attempt, heldBytes }, how);
  const arrived = await whatArrived(plan, attempt, { run, how });
  const commit = commitOf(arrived, plan.revision);
  const files: FetchedFile[] = [];
  for (const file of arrived) {
    files.push(await checked(file, attempt, how));
    if (file.sizeBytes > 0)
      onProgress({ path: file.path, receivedBytes: file.sizeBytes, totalBytes: null, attempt: 1 });
  }
  signal.throwIfAborted();
  for (const { path, at } of arrived) {
    const target = await ingest.target(path);
    await rename(at, target.path).catch(writeFailure(target.path));
  }
  await rm(attempt.path, { recursive: true, force: true });

  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const reusedBytes = Math.min(heldBytes, totalBytes);
  const { isOpen: _, ...closed } = plan;
  return {
    files,
    ...(commit !== undefined && { revision: commit }),
    ...(plan.isOpen === true && {
      plan: { ...closed, files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })) },
    }),
    movedBytes: totalBytes - reusedBytes,
    reusedBytes,
  };
}

async function download(ref: HfRef, { path: folder, heldBytes }: AttemptFolder, how: CliFetch): Promise<CliRun> {
  const { cli, settings, onProgress, signal } = how;
  const { env, stallTimeoutMs, killAfterMs } = settings;
  await using watch = watchDownload({ folder, onProgress, signal, stallTimeoutMs, heldBytes });
  return await runCli({
    path: cli.path,
    args: downloadArguments(ref, folder, cli.version),
    env: childEnvironment(env),
    signal: watch.signal,
    killAfterMs,
  });
}

interface Ended {
  readonly run: CliRun;
  readonly how: CliFetch;
}

/**
 * The files that were asked for. A CLI that fails after it has printed its result has done its work (1.16.1 does so with some
 * releases of what it is built on); one that fails before has not, however much is there.
 * @throws ModelError
 */
async function whatArrived(
  plan: FetchPlan,
  { path: folder }: AttemptFolder,
  { run, how }: Ended,
): Promise<readonly ArrivedFile[]> {
  const { cli, settings, logger } = how;
  const ref = assertServed(plan.ref);
  if (run.exitCode !== 0) {
    const failure = explainFailure(run, { ref, cli, env: settings.env });
    if (!run.stdout.includes(folder) || run.exitCode === undefined) throw failure;
    logger.warn("the Hugging Face CLI failed after it had printed its result", { code: failure.code });
  }
  const files = await arrivedFiles(folder);
  if (plan.kind === "directory") {
    if (files.length === 0) throw nothingSelected(ref);
    return files;
  }
  const [wanted] = plan.files;
  const file = files.find(({ path }) => path === wanted?.path);
  if (file === undefined) throw wrongResult(wanted?.path ?? folder, "it is not there");
  return [file];
}

async function checked(file: ArrivedFile, attempt: AttemptFolder, how: CliFetch): Promise<FetchedFile> {
  const { expectedDigest, signal, logger } = how;
  const algorithms = [...new Set<DigestAlgorithm>(["sha256", expectedDigest?.algorithm ?? "sha256"])];
  try {
    return await checkContent(file, { algorithms, signal, logger });
  } catch (error) {
    signal.throwIfAborted();
    // Nothing that may be wrong is left for the next attempt to find.
    await rm(attempt.path, { recursive: true, force: true });
    throw error;
  }
}

function writeFailure(path: string): (cause: unknown) => never {
  return (cause) => {
    throw fileErrorFrom(cause, path, "write");
  };
}
