import { type CliVersion, parseCliVersion } from "./cli-version.ts";
import { childEnvironment } from "./child-environment.ts";
import type { Executable } from "./find-executables.ts";
import { runCli } from "./run-cli.ts";

/** What an executable turned out to be. */
export type Probe =
  | { readonly type: "cli"; readonly version: CliVersion }
  /** It runs, and is none: the stub that newer releases install as `huggingface-cli`, or something else of that name. */
  | { readonly type: "other"; readonly says: string }
  /** It did not answer. */
  | { readonly type: "silent" };

/** In the order in which releases learned them: `--version` from 1.5, `version` before, and `env` before that. */
const questions = [["--version"], ["version"], ["env"]] as const;

/** Python starts in a second or so; from a cold network disk in many. In ms. */
const answerTimeoutMs = 30_000;

const known = new Map<string, Probe>();

/** Asks an executable what it is, and remembers it for as long as the file is the same. */
export async function probeVersion(
  executable: Executable,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Probe> {
  // The environment of another Python makes another program of the same file.
  const key = [executable.fingerprint, env["PATH"], env["PYTHONPATH"], env["VIRTUAL_ENV"], env["PYENV_VERSION"]].join(
    "\n",
  );
  const probe = known.get(key) ?? (await ask(executable, env, signal));
  // One that did not answer may have been kept from it by a machine that was slow.
  if (probe.type !== "silent") known.set(key, probe);
  return probe;
}

async function ask(
  { path }: Executable,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Probe> {
  let says = "";
  let hasAnswered = false;
  for (const args of questions) {
    const timeout = AbortSignal.timeout(answerTimeoutMs);
    try {
      const run = await runCli({
        path,
        args,
        env: childEnvironment(env),
        signal: AbortSignal.any([signal, timeout]),
        killAfterMs: 1_000,
      });
      const version = run.exitCode === 0 ? parseCliVersion(run.stdout) : undefined;
      if (version !== undefined) return { type: "cli", version };
      hasAnswered ||= run.exitCode !== undefined;
      says ||= run.stderr.trim() || run.stdout.trim();
    } catch (error) {
      if (!timeout.aborted || signal.aborted) throw error;
      // What hangs on one question hangs on the others.
      break;
    }
  }
  return hasAnswered ? { type: "other", says } : { type: "silent" };
}
