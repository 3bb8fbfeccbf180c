import { type CliVersion, parseCliVersion } from "./cli-version.ts";
import { withoutSecrets } from "../failures/without-secrets.ts";
import { probeEnvironment } from "./child-environment.ts";
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

/** For all of them, in ms: Python starts in a second or so, from a cold network disk in many. */
const answerTimeoutMs = 30_000;

/** Variables that decide which Python, and which of its packages, a script or a shim runs. */
const decidesPython = /^(?:PATH$|VIRTUAL_ENV$|PYTHON|PYENV_|CONDA_|UV_|PIPX_|RYE_|MISE_|ASDF_)/;

const known = new Map<string, Probe>();

/** Asks an executable what it is, and remembers it for as long as the file is the same. */
export async function probeVersion(
  executable: Executable,
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Probe> {
  // In another environment, the same file may be another program: of another Python, or behind a shim.
  const python = Object.entries(probeEnvironment(env)).filter(([name]) => decidesPython.test(name));
  const key = JSON.stringify([executable.fingerprint, process.cwd(), python]);
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
  const stop = AbortSignal.timeout(answerTimeoutMs);
  let says = "";
  for (const args of questions) {
    const run = await runCli({ path, args, env: probeEnvironment(env), signal, stop, killAfterMs: 1_000 });
    if (run.stopped === true) return { type: "silent" };
    const version = run.exitCode === 0 ? parseCliVersion(run.stdout) : undefined;
    if (version !== undefined) return { type: "cli", version };
    says ||= withoutSecrets(run.startFailure ?? (run.stderr.trim() || run.stdout.trim()), env);
  }
  return { type: "other", says };
}
