import { readFile } from "node:fs/promises";
import { candidatesOf, reasonAgainst } from "./cli/choose-cli.ts";
import { formatVersion } from "./cli/cli-version.ts";
import { probeVersion } from "./cli/probe-version.ts";
import { endpointOf, type Environment, isSet, tokenFile } from "./environment.ts";
import { type HfCliFetcherOptions, parseHfCliOptions } from "./hf-cli-options.ts";

/** An executable that could be the CLI. */
export interface HfCliFinding {
  readonly path: string;
  readonly version?: string;
  /** Why it is not used; absent for one that can be. */
  readonly unusable?: string;
}

/** Where the CLI would find a token, in the order in which it looks; the token itself is never told. */
export type TokenSource =
  | { readonly from: "environment"; readonly variable: string }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "none" };

/** What a person wants to know when the CLI does not do what it should. */
export interface HfCliReport {
  /** In the order of preference; the first usable one is used. */
  readonly found: readonly HfCliFinding[];
  readonly token: TokenSource;
  /** Without secrets. */
  readonly endpoint: string;
}

/** Looks at what there is on this machine: starts each executable to learn its version, and asks nothing of the Hub. */
export async function inspectHfCli(
  options: HfCliFetcherOptions & { readonly signal?: AbortSignal } = {},
): Promise<HfCliReport> {
  const settings = parseHfCliOptions(options);
  const signal = options.signal ?? new AbortController().signal;
  const found: HfCliFinding[] = [];
  for (const executable of await candidatesOf(settings)) {
    const probe = await probeVersion(executable, settings.env, signal);
    const unusable = reasonAgainst(probe);
    found.push({
      path: executable.path,
      ...(probe.type === "cli" && { version: formatVersion(probe.version) }),
      ...(unusable !== undefined && { unusable }),
    });
  }
  return { found, token: await tokenSource(settings.env), endpoint: endpointOf(settings.env) };
}

async function tokenSource(env: Environment): Promise<TokenSource> {
  if (isSet(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"])) return { from: "none" };
  const variable = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].find((name) => (env[name] ?? "").trim() !== "");
  if (variable !== undefined) return { from: "environment", variable };
  const path = tokenFile(env);
  const token = await readFile(path, "utf8").catch(() => "");
  return token.trim() === "" ? { from: "none" } : { from: "file", path };
}
