import { hfCliError } from "../errors.ts";
import type { HfCliSettings } from "../hf-cli-options.ts";
import { type CliVersion, formatVersion, isAtLeast } from "./cli-version.ts";
import { examine, type Executable, executableNames, findExecutables } from "./find-executables.ts";
import { type Probe, probeVersion } from "./probe-version.ts";

/** A CLI that can be used. */
export interface Cli {
  readonly path: string;
  readonly version: CliVersion;
}

/** Before it, nothing beside a download says which commit and which digest it has. */
const oldest: CliVersion = [0, 25, 0];

/** The first that can be used: `hf` before `huggingface-cli`, and each in the order of `PATH`. */
export async function chooseCli(settings: HfCliSettings, signal: AbortSignal): Promise<Cli> {
  const candidates = await candidatesOf(settings);
  const refused: Refusal[] = [];
  for (const executable of candidates) {
    const probe = await probeVersion(executable, settings.env, signal);
    const reason = reasonAgainst(probe);
    if (reason === undefined && probe.type === "cli") return { path: executable.path, version: probe.version };
    refused.push({ path: executable.path, reason: reason ?? "unknown" });
  }
  throw refused.length === 0 ? missing(settings.executable) : unsupported(refused);
}

export async function candidatesOf({ executable, env }: HfCliSettings): Promise<readonly Executable[]> {
  if (executable === undefined) return findExecutables(env);
  const given = await examine(executable, "other");
  return given === undefined ? [] : [given];
}

/** Why an executable cannot be used; undefined when it can. */
export function reasonAgainst(probe: Probe): string | undefined {
  if (probe.type === "silent") return "it did not say what it is";
  if (probe.type === "other") return `it does not say that it is a Hugging Face CLI, but: ${tellingLine(probe.says)}`;
  if (isAtLeast(probe.version, oldest[0], oldest[1])) return undefined;
  return `its version ${formatVersion(probe.version)} is older than ${formatVersion(oldest)}`;
}

/** Of a traceback the last line tells; of anything else the first. */
function tellingLine(text: string): string {
  const lines = text.split("\n");
  const line = (text.startsWith("Traceback") ? lines.at(-1) : lines[0]) ?? "";
  return line === "" ? "nothing" : line.slice(0, 200);
}

interface Refusal {
  readonly path: string;
  readonly reason: string;
}

const install =
  "Install it yourself (uv tool install huggingface_hub, pipx install huggingface_hub, or pip install -U huggingface_hub)";
const alternatives =
  "use @llama-orch/fetcher-hf, which needs no CLI, or bring the model by other means and name it by path (file:)";

function missing(executable: string | undefined): Error {
  const where =
    executable === undefined ? `on PATH (searched for ${executableNames.join(" and ")})` : `at ${executable}`;
  return hfCliError("HF_CLI_MISSING", {
    message: `There is no Hugging Face CLI ${where}.`,
    hint: `${install}, ${alternatives}.`,
    facts: { searched: executable ?? executableNames },
  });
}

function unsupported(found: readonly Refusal[]): Error {
  return hfCliError("HF_CLI_UNSUPPORTED", {
    message: `No Hugging Face CLI here can be used: ${found.map(({ path, reason }) => `${path}: ${reason}`).join("; ")}.`,
    hint: `${install}, name another executable, ${alternatives}.`,
    facts: { found, oldest: formatVersion(oldest) },
  });
}
