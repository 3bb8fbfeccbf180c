import { realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FetchPlan, HfRef } from "@llama-orch/catalog-core";
import { type ArrivedFile, arrivedFiles, wrongResult } from "./attempt/arrived-files.ts";
import type { AttemptFolder, HeldFile } from "./attempt/attempt-folder.ts";
import { watchDownload } from "./attempt/watch-download.ts";
import { childEnvironment } from "./cli/child-environment.ts";
import { downloadArguments } from "./cli/download-arguments.ts";
import { type CliRun, runCli } from "./cli/run-cli.ts";
import { explainFailure, hubNotAsked, nothingSelected } from "./failures/explain-failure.ts";
import type { CliFetch } from "./fetch.ts";

/** One download into one folder. */
export interface Download extends CliFetch {
  readonly ref: HfRef;
  readonly attempt: AttemptFolder;
  /** What was in the folder before, by path. */
  readonly held: ReadonlyMap<string, HeldFile>;
  /** Bytes whose arrival was told, by path. */
  readonly told: Map<string, number>;
}

/**
 * Has the CLI download what was planned, and looks at what is there then. Its exit code and its output are hints; that it has
 * asked the Hub about a file is shown by the note that it writes.
 *
 * A file of an earlier attempt without a note is one that the Hub no longer has, or one that it could not be asked about. The
 * CLI takes both for a success. So such a file is removed, and the CLI is asked once more: it brings what there is.
 *
 * @returns what was asked for, all of it.
 * @throws ModelError of `HfCliErrorCode`, and `FILE_NO_SPACE`; `signal.reason` untouched
 */
export async function download(plan: FetchPlan, how: Download): Promise<readonly ArrivedFile[]> {
  const { attempt, held, ref } = how;
  const call = { ref, cli: how.cli, env: how.settings.env };
  for (let round = 1; ; round += 1) {
    const run = await runDownload(how);
    await assertDone(run, how);
    const { noted, unnoted } = await arrivedFiles(attempt.path);
    if (noted.length === 0 && held.size > 0) throw hubNotAsked(call);
    const [unexplained] = round > 1 ? unnoted : unnoted.filter((path) => !held.has(path));
    if (unexplained !== undefined) throw wrongResult(unexplained, "the CLI has not compared it with what the Hub has");
    if (unnoted.length === 0) return selected(plan, noted, how);
    for (const path of unnoted) await rm(join(attempt.path, path), { force: true });
  }
}

async function runDownload({ cli, settings, attempt, held, told, ref, signal, onProgress }: Download): Promise<CliRun> {
  const { env, stallTimeoutMs, killAfterMs } = settings;
  const heldBytes = [...held.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await using watch = watchDownload({ folder: attempt.path, onProgress, told, stallTimeoutMs, heldBytes });
  return await runCli({
    path: cli.path,
    args: downloadArguments(ref, attempt.path, cli.version),
    env: childEnvironment(env),
    signal,
    stop: watch.stalled,
    killAfterMs,
  });
}

/**
 * A CLI that fails after it has printed its result has done its work (1.16.1 does so with some releases of what it is built
 * on); one that fails before has not, however much is there.
 */
async function assertDone(run: CliRun, { ref, cli, settings, attempt, logger }: Download): Promise<void> {
  if (run.exitCode === 0 && run.stopped !== true) return;
  const failure = explainFailure(run, { ref, cli, env: settings.env });
  const isPrinted = run.exitCode !== undefined && (await isResult(run.stdout, attempt.path, ref));
  if (run.stopped === true || !isPrinted) throw failure;
  logger.warn("the Hugging Face CLI failed after it had printed its result", { code: failure.code });
}

/** Whether the last line is what a release prints on success: the path of the folder, or of the file in it. */
async function isResult(stdout: string, folder: string, { selection }: HfRef): Promise<boolean> {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const printed = pathIn(line);
  return [folder, await realpath(folder)].some(
    (root) => printed === (selection.type === "path" ? join(root, selection.path) : root),
  );
}

function pathIn(line: string): string {
  try {
    const json: unknown = JSON.parse(line);
    return typeof json === "object" && json !== null && "path" in json ? String(json.path) : line;
  } catch {
    return line.trim();
  }
}

function selected(plan: FetchPlan, files: readonly ArrivedFile[], { attempt, ref }: Download): readonly ArrivedFile[] {
  if (plan.kind === "directory") {
    if (files.length === 0) throw nothingSelected(ref);
    return files;
  }
  const wanted = plan.files[0]?.path ?? "";
  const file = files.find(({ path }) => path === wanted);
  if (file === undefined) throw wrongResult(wanted || attempt.path, "it is not there");
  return [file];
}
