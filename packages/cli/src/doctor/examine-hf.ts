import { isModelError, redactText } from "@llama-orch/catalog-core";
import type { HfCliFinding, HfCliReport, TokenSource } from "@llama-orch/fetcher-hf-cli";
import { executableVariable, hfCliOptions } from "../hf-cli-options.ts";
import { formatBytes, formatCount } from "../render/quantities.ts";
import { askHub, type HubAnswer } from "./ask-hub.ts";
import type { Environment } from "./hub-route.ts";
import type { Problem } from "./problem.ts";

/** By what `hf:` models would come here. */
export interface HfFacts {
  /** In the order in which they are tried. */
  readonly executables: readonly HfExecutable[];
  /** Whose token the CLI would send; never the token. */
  readonly token: TokenSource;
  readonly endpoint: string;
  readonly hub: HubAnswer;
  /** Files of the Python library that need not be fetched again. */
  readonly adoptable: Adoptable;
}

export interface Adoptable {
  readonly folder: string;
  readonly files: number;
  readonly sizeBytes: number;
}

export interface HfExecutable {
  readonly path: string;
  readonly version?: string;
  /** At most one is. */
  readonly used: boolean;
  /** Why it is not. */
  readonly reason?: string;
}

export interface HfQuestions {
  readonly env: Environment;
  /** Ask nothing that is not on this machine. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
}

/** What was found out, or why nothing was. */
export type HfExamination = { readonly facts: HfFacts } | { readonly failure: Problem };

/** Starts what it finds, to learn the versions, and asks the Hub one question. */
export async function examineHf(questions: HfQuestions): Promise<HfExamination> {
  const { env, signal } = questions;
  // Loaded here, and not with this module: the help of all commands loads that.
  const { inspectHfCli } = await import("@llama-orch/fetcher-hf-cli");
  try {
    const { found, token, endpoint } = await inspectHfCli({ ...hfCliOptions(env), signal });
    const hub = await hubAnswer(endpoint, questions);
    return { facts: { executables: describeAll(found), token, endpoint, hub, adoptable: await adoptable(env) } };
  } catch (error) {
    signal.throwIfAborted();
    if (!isModelError(error)) throw error;
    return { failure: { text: error.message, hint: error.hint } };
  }
}

/** What was set by hand, and does not work. */
export function hfProblems(examination: HfExamination, env: Environment): Problem[] {
  if ("failure" in examination) return [examination.failure];
  const given = env[executableVariable] ?? "";
  if (given === "" || usedOf(examination.facts) !== undefined) return [];
  const reason = examination.facts.executables[0]?.reason ?? "there is nothing that can be run";
  return [
    {
      text: `${executableVariable} is ${given}, which is no Hugging Face CLI to use: ${reason}.`,
      hint: "Set it to the whole path of the hf executable, or unset it: then PATH is searched.",
    },
  ];
}

/** What matters to those who want `hf:` models, and to nobody else: no reason to fail. */
export function hfWarnings(examination: HfExamination, env: Environment): Problem[] {
  if ("failure" in examination || (env[executableVariable] ?? "") !== "") return [];
  const { facts } = examination;
  if (facts.executables.length === 0 || usedOf(facts) !== undefined) return [];
  const which = facts.executables.map(({ path, reason = "" }) => `${path}: ${reason}`).join("; ");
  return [
    {
      text: `No Hugging Face CLI here can be used for --hf-via cli: ${which}.`,
      hint: `Update it (pip install -U huggingface_hub), or name another one with ${executableVariable}.`,
    },
  ];
}

/** The same as lines for people. */
export function hfFacts({
  executables,
  token,
  endpoint,
  hub,
  adoptable: found,
}: HfFacts): (readonly [string, string])[] {
  return [
    ...(executables.length === 0
      ? [["hf CLI", "none found: hf: models are fetched natively"] as const]
      : executables.map((executable) => ["hf CLI", executableLine(executable)] as const)),
    ["hf token", tokenLine(token)],
    ["hf Hub", `${endpoint} (${hubLine(hub)})`],
    ...(found.files === 0 ? [] : [["hf cache", adoptableLine(found)] as const]),
  ];
}

async function adoptable(env: Environment): Promise<Adoptable> {
  const { inspectPythonCache } = await import("../network-fetchers.ts");
  const { folder, files, sizeBytes } = await inspectPythonCache(env);
  return { folder, files, sizeBytes };
}

function adoptableLine({ folder, files, sizeBytes }: Adoptable): string {
  return `${formatCount(files, "file")} of ${formatBytes(sizeBytes)} in ${folder} need not be fetched again`;
}

function describeAll(found: HfCliReport["found"]): HfExecutable[] {
  const chosen = found.find(({ unusable }) => unusable === undefined);
  return found.map((finding) => {
    const { path, version } = finding;
    const reason = finding === chosen ? undefined : reasonAgainst(finding, chosen);
    // A program may print what it was given, secrets among it.
    return {
      path,
      ...(version !== undefined && { version }),
      used: finding === chosen,
      ...(reason !== undefined && { reason: redactText(reason) }),
    };
  });
}

function reasonAgainst({ unusable }: HfCliFinding, chosen: HfCliFinding | undefined): string {
  return unusable ?? `${chosen?.path} comes first`;
}

function usedOf({ executables }: HfFacts): HfExecutable | undefined {
  return executables.find(({ used }) => used);
}

async function hubAnswer(endpoint: string, { env, offline, signal }: HfQuestions): Promise<HubAnswer> {
  if (offline) return { state: "not-asked", reason: "--offline" };
  if (isOn(env["HF_HUB_OFFLINE"])) return { state: "not-asked", reason: "HF_HUB_OFFLINE is set" };
  // What is printed is without secrets, and may not lead there.
  return askHub(env["HF_ENDPOINT"]?.trim() || endpoint, { env, signal });
}

/** As the Hugging Face CLI reads a switch. */
function isOn(value = ""): boolean {
  return ["1", "ON", "YES", "TRUE"].includes(value.toUpperCase());
}

function executableLine({ path, version, used, reason }: HfExecutable): string {
  const what = version === undefined ? path : `${path}, ${version}`;
  return used ? `${what} (used)` : `${what} (not used: ${reason})`;
}

function tokenLine(token: TokenSource): string {
  if (token.from === "none") return "none: public models only";
  return token.from === "file" ? `in ${token.path}` : `in ${token.variable} (set)`;
}

function hubLine(hub: HubAnswer): string {
  if (hub.state === "answers") return `answers: ${hub.status}`;
  return hub.state === "silent" ? `does not answer: ${hub.reason}` : `not asked: ${hub.reason}`;
}
