import { registerSecret } from "@llama-orch/catalog-core";
import type { OciSettings } from "../oci-fetcher-options.ts";
import { authKeys } from "./auth-keys.ts";
import type { AuthEntry, AuthFile } from "./auth-files.ts";
import type { FoundCredentials, Secret } from "./found-credentials.ts";

/** For what the credentials are. */
export interface Login {
  readonly registry: string;
  readonly repository: string;
  readonly signal: AbortSignal;
}

/**
 * The credentials that the user has for a repository, looked for anew each time: people log in while a program runs. Nothing
 * is ever written back.
 * @throws ModelError `OCI_CREDENTIALS_FAILED`; whatever the caller's own function throws
 */
export async function findCredentials(settings: OciSettings, login: Login): Promise<FoundCredentials | undefined> {
  const found = await look(settings, login);
  if (found !== undefined) keepSecret(found.secret);
  return found;
}

async function look({ credentials, env }: OciSettings, login: Login): Promise<FoundCredentials | undefined> {
  const { registry, repository } = login;
  if (credentials !== undefined) {
    const own = await credentials(registry);
    return own === undefined ? undefined : { secret: { type: "password", ...own }, from: "the option credentials" };
  }
  // Loaded where somebody wants to know who asks, as most registries do not.
  const { readAuthFiles } = await import("./auth-files.ts");
  for (const file of await readAuthFiles(env)) {
    const helper = helperOf(file, registry);
    const found = helper === undefined ? undefined : await askHelperOf(helper, login, env);
    const known = found ?? entryOf(file, authKeys(registry, repository));
    if (known !== undefined) return known;
  }
  return undefined;
}

async function askHelperOf(
  helper: string,
  { registry, signal }: Login,
  env: OciSettings["env"],
): Promise<FoundCredentials | undefined> {
  const { askHelper } = await import("./credential-helper.ts");
  return askHelper(helper, registry, { env, signal });
}

/** An empty name for a registry says that the helper of all others is not for it. */
function helperOf({ credHelpers, credsStore }: AuthFile, registry: string): string | undefined {
  const keys = registry === "docker.io" ? [registry, "index.docker.io"] : [registry];
  const key = keys.find((each) => Object.hasOwn(credHelpers, each));
  return (key === undefined ? credsStore : credHelpers[key]) || undefined;
}

function entryOf({ path, auths }: AuthFile, keys: readonly string[]): FoundCredentials | undefined {
  for (const key of keys) {
    const entry = Object.hasOwn(auths, key) ? auths[key] : undefined;
    const secret = entry === undefined ? undefined : secretOf(entry);
    if (secret !== undefined) return { secret, from: path };
  }
  return undefined;
}

/** Where a helper keeps the password, docker leaves an entry without one. */
function secretOf({ auth, username, password, identitytoken, registrytoken }: AuthEntry): Secret | undefined {
  if (registrytoken) return { type: "registry-token", token: registrytoken };
  if (identitytoken) return { type: "identity-token", token: identitytoken };
  if (username && password) return { type: "password", username, password };
  const [, user = "", secret = ""] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth ?? "", "base64").toString("utf8")) ?? [];
  // Old docker pads the password with NUL.
  const trimmed = secret.replace(/\0+$/, "");
  return trimmed === "" ? undefined : { type: "password", username: user, password: trimmed };
}

function keepSecret(secret: Secret): void {
  if (secret.type !== "password") return void registerSecret(secret.token);
  registerSecret(secret.password);
  registerSecret(Buffer.from(`${secret.username}:${secret.password}`).toString("base64"));
}
