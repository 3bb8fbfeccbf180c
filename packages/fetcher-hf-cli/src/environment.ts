import { join } from "node:path";
import { redactText } from "@llama-orch/catalog-core";

/** What a user has set for the CLI, read as the CLI reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the CLI asks, without a slash at the end and without secrets. */
export function endpointOf(env: Environment): string {
  const set = env["HF_ENDPOINT"]?.trim();
  return redactText(set === undefined || set === "" ? "https://huggingface.co" : set.replace(/\/+$/, ""));
}

/** Then the Hub is not asked for anything. */
export function isOffline(env: Environment): boolean {
  return isSet(env["HF_HUB_OFFLINE"]) || isSet(env["TRANSFORMERS_OFFLINE"]);
}

/** A switch of the CLI. */
export function isSet(value: string | undefined): boolean {
  return value !== undefined && ["1", "ON", "YES", "TRUE"].includes(value.toUpperCase());
}

/** Where the CLI keeps its cache. */
export function cacheFolder(env: Environment): string {
  const set = env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"];
  return set ? expanded(set, env) : join(homeFolder(env), "hub");
}

/** Where the CLI keeps all that is its own: the token, too. */
function homeFolder(env: Environment): string {
  return expanded(env["HF_HOME"] || join(env["XDG_CACHE_HOME"] || join("~", ".cache"), "huggingface"), env);
}

/** The file in which the CLI looks for a token. */
export function tokenFile(env: Environment): string {
  return expanded(env["HF_TOKEN_PATH"] || join(homeFolder(env), "token"), env);
}

function expanded(path: string, env: Environment): string {
  return path.replace(/^~(?=$|[\\/])/, env["HOME"] ?? env["USERPROFILE"] ?? "~");
}
