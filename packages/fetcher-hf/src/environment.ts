import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** What a user has set for the Python library, read as that reads it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a token was found; the token itself is never told. */
export type TokenSource =
  | { readonly from: "option" }
  | { readonly from: "environment"; readonly variable: string }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "none" };

export interface FoundToken {
  readonly token: string | undefined;
  readonly source: TokenSource;
}

/** Without a slash at the end. */
export function endpointFrom(env: Environment): string {
  const set = env["HF_ENDPOINT"]?.trim() ?? "";
  return (set === "" ? "https://huggingface.co" : set).replace(/\/+$/, "");
}

export function isOffline(env: Environment): boolean {
  return isSet(env["HF_HUB_OFFLINE"]) || isSet(env["TRANSFORMERS_OFFLINE"]);
}

/** `HF_TOKEN`, else the file that `hf auth login` writes. */
export async function tokenFrom(env: Environment): Promise<FoundToken> {
  const variable = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].find((name) => (env[name] ?? "").trim() !== "");
  if (variable !== undefined) return { token: cleaned(env[variable] ?? ""), source: { from: "environment", variable } };
  if (isSet(env["HF_HUB_DISABLE_IMPLICIT_TOKEN"])) return { token: undefined, source: { from: "none" } };
  const path = expanded(env["HF_TOKEN_PATH"] || join(homeFolder(env), "token"), env);
  const token = cleaned(await readFile(path, "utf8").catch(() => ""));
  return token === "" ? { token: undefined, source: { from: "none" } } : { token, source: { from: "file", path } };
}

/** Where the Python library keeps what it has downloaded. */
export function pythonCacheFolder(env: Environment): string {
  const set = env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"];
  return set ? expanded(set, env) : join(homeFolder(env), "hub");
}

function homeFolder(env: Environment): string {
  return expanded(env["HF_HOME"] || join(env["XDG_CACHE_HOME"] || join("~", ".cache"), "huggingface"), env);
}

function expanded(path: string, env: Environment): string {
  return path.replace(/^~(?=$|[\\/])/, env["HOME"] || env["USERPROFILE"] || homedir());
}

/** What a line end at the end of a file, or a Windows editor, adds. */
function cleaned(token: string): string {
  return token.replaceAll(/[\r\n]/g, "").trim();
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && ["1", "ON", "YES", "TRUE"].includes(value.toUpperCase());
}
