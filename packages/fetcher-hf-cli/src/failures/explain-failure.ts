import { fileError, type HfRef, type ModelError } from "@llama-orch/catalog-core";
import type { Cli } from "../cli/choose-cli.ts";
import { formatVersion } from "../cli/cli-version.ts";
import type { CliRun } from "../cli/run-cli.ts";
import { endpointOf, isOffline } from "../environment.ts";
import { hfCliError } from "../errors.ts";
import { failureTable } from "./failure-table.ts";
import { explainHubFailure, type Subject } from "./hub-explanations.ts";
import { withoutSecrets } from "./without-secrets.ts";

export interface FailedCall {
  readonly ref: HfRef;
  readonly cli: Cli;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The typed error for a run of the CLI that failed: by what it says on stderr, else by how it ended. */
export function explainFailure(run: CliRun, call: FailedCall): ModelError {
  const about = subjectOf(run, call);
  // In this order: a secret that is cut in two is not recognised.
  const stderr = lastLines(withoutSecrets(run.stderr, call.env));
  const facts = factsOf(run, about, stderr);
  const code = failureTable.find(({ says }) => says.test(run.stderr))?.code;
  if (code === undefined && run.stopped === true) return standstill(about, facts);
  if (code === undefined) return crashed(run, { cli: call.cli, stderr, facts });
  if (code !== "FILE_NO_SPACE") return hfCliError(code, { ...explainHubFailure(code, about), facts });
  return fileError("FILE_NO_SPACE", {
    message: `There is no room left on the disk for ${about.name}.`,
    hint: "Make room (model-provisioner gc), or use a cache folder on another disk; then try again.",
    facts,
  });
}

/** The CLI ends as if all were well when it finds files that were there before, and cannot ask the Hub about them. */
export function hubNotAsked(call: FailedCall): ModelError {
  const code = isOffline(call.env) ? "HF_OFFLINE" : "HF_NETWORK";
  const about = subjectOf({ stdout: "", stderr: "" }, call);
  const { repository, endpoint, page } = about;
  return hfCliError(code, { ...explainHubFailure(code, about), facts: { repository, endpoint, accessUrl: page } });
}

/** The CLI takes patterns that select nothing for a success. */
export function nothingSelected({ org, repo, selection }: HfRef): ModelError {
  const patterns = selection.type === "repository" ? [...selection.include, ...selection.exclude] : [];
  return hfCliError("HF_FILE_NOT_FOUND", {
    message: `The repository ${org}/${repo} has no file${patterns.length === 0 ? "" : " that the patterns select"}.`,
    hint: "See what it has (its page on the Hub, under Files), and mind upper and lower case in the patterns.",
    facts: { repository: `${org}/${repo}`, patterns },
  });
}

function subjectOf({ stderr }: CliRun, { ref, env }: FailedCall): Subject {
  const repository = `${ref.org}/${ref.repo}`;
  const endpoint = endpointOf(env);
  const seconds = /(?:retry.?after|^Rate limited\. Waiting)\D{0,3}(\d+)/im.exec(stderr)?.[1];
  const path = ref.selection.type === "path" ? ref.selection.path : undefined;
  return {
    name: path === undefined ? repository : `${repository}/${path}`,
    repository,
    path,
    revision: ref.revision,
    endpoint,
    page: `${endpoint}/${repository}`,
    retryAfterSeconds: seconds === undefined ? undefined : Number(seconds),
  };
}

type Facts = Readonly<Record<string, unknown>>;

function factsOf({ exitCode, signal }: CliRun, about: Subject, stderr: string): Facts {
  const { repository, revision, path, endpoint, page, retryAfterSeconds } = about;
  const facts = { repository, revision, path, endpoint, accessUrl: page, retryAfterSeconds, exitCode, signal, stderr };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

function standstill({ name }: Subject, facts: Facts): ModelError {
  return hfCliError("HF_CLI_STALLED", {
    message: `The Hugging Face CLI has received next to nothing of ${name} for too long, and was stopped.`,
    hint: "Try again: large files that had arrived whole are kept. See whether the Hub and the proxies on the way can be reached (model-provisioner doctor).",
    facts,
  });
}

function crashed(
  run: CliRun,
  { cli, stderr, facts }: { readonly cli: Cli; readonly stderr: string; readonly facts: Facts },
): ModelError {
  const line = tellingLine(stderr);
  return hfCliError("HF_CLI_FAILED", {
    message: `The Hugging Face CLI ${formatVersion(cli.version)} (${cli.path}) ${howItEnded(run)}${line === "" ? ", and said nothing" : `: ${line}`}.`,
    hint: "Run its download command by hand to see all that it says; update it if it is old, or use @llama-orch/fetcher-hf.",
    facts,
  });
}

/** The error itself, where it can be told from advice that follows it. */
function tellingLine(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => !/^\s*(?:Hint:|$)/.test(line));
  const error = lines.findLast((line) => /^(?:Error:|[\w.]*(?:Error|Exception):)/.test(line));
  return (error ?? lines.at(-1) ?? "").trim().replace(/\.+$/, "");
}

function howItEnded({ startFailure, signal, exitCode }: CliRun): string {
  if (startFailure !== undefined) return `could not be started (${startFailure})`;
  return signal === undefined ? `ended with ${exitCode}` : `was ended by ${signal}`;
}

/** Enough to see what happened, in an error that is printed. */
function lastLines(stderr: string): string {
  return stderr.trim().split("\n").slice(-12).join("\n").slice(-4_000);
}
