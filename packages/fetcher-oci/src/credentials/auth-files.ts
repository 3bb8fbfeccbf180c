import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { systemCode } from "@llama-orch/catalog-core";
import { z } from "zod";
import { ociError } from "../errors.ts";
import type { Environment } from "./environment.ts";

/** What of `config.json` (docker) and `auth.json` (podman, skopeo) is used here. */
export interface AuthFile {
  readonly path: string;
  readonly auths: Readonly<Record<string, AuthEntry>>;
  /** By registry. */
  readonly credHelpers: Readonly<Record<string, string>>;
  /** For all others. */
  readonly credsStore?: string | undefined;
}

export interface AuthEntry {
  /** Base64 of `user:password`. */
  readonly auth?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly identitytoken?: string | undefined;
  readonly registrytoken?: string | undefined;
}

const text = z.string().optional().catch(undefined);
const entry = z.object({ auth: text, username: text, password: text, identitytoken: text, registrytoken: text });
const document = z.object({
  auths: z
    .record(
      z.string(),
      entry.nullish().transform((value): AuthEntry => value ?? {}),
    )
    .nullish()
    .transform((value) => value ?? {}),
  credHelpers: z
    .record(z.string(), z.string())
    .nullish()
    .transform((value) => value ?? {}),
  // An empty name is what remains where somebody has taken a helper out by hand.
  credsStore: z
    .string()
    .nullish()
    .transform((value) => value || undefined),
});

/**
 * The files in which logins are kept, as far as they are there, in the order in which they count: `REGISTRY_AUTH_FILE`
 * alone where it is set, else docker's, then podman's.
 * @throws ModelError `OCI_CREDENTIALS_FAILED` for one that cannot be read
 */
export async function readAuthFiles(env: Environment): Promise<readonly AuthFile[]> {
  const files = await Promise.all(pathsFrom(env).map(readAuthFile));
  return files.filter((file) => file !== undefined);
}

function pathsFrom(env: Environment): readonly string[] {
  const set = env["REGISTRY_AUTH_FILE"];
  if (set) return [set];
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    join(env["DOCKER_CONFIG"] || join(home, ".docker"), "config.json"),
    ...(runtime ? [join(runtime, "containers", "auth.json")] : []),
    join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "containers", "auth.json"),
  ];
}

async function readAuthFile(path: string): Promise<AuthFile | undefined> {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return undefined;
    throw unreadable(path, "it cannot be read", error);
  }
  if (content.trim() === "") return undefined;
  try {
    return { path, ...document.parse(JSON.parse(content)) };
  } catch {
    // The cause would quote what stands there, and passwords stand there.
    throw unreadable(path, "it is not the JSON that it should be");
  }
}

function unreadable(path: string, problem: string, cause?: unknown): Error {
  return ociError("OCI_CREDENTIALS_FAILED", {
    message: `The logins in ${path} are of no use: ${problem}.`,
    hint: "Mend it, or log in anew (docker login, podman login --authfile); REGISTRY_AUTH_FILE names another file.",
    facts: { from: path },
    cause,
  });
}
