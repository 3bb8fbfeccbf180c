import { execa } from "execa";
import { z } from "zod";
import { ociError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import type { FoundCredentials } from "./found-credentials.ts";

const answer = z.object({ Username: z.string(), Secret: z.string() });

/** A person may have to unlock a keychain. */
const timeoutMs = 60_000;

/**
 * Asks `docker-credential-NAME get`, which is given the registry on its standard input, and answers with JSON.
 * @returns nothing where it has none for this registry
 * @throws ModelError `OCI_CREDENTIALS_FAILED`; `signal.reason` untouched when aborted
 */
export async function askHelper(
  name: string,
  registry: string,
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<FoundCredentials | undefined> {
  const helper = `docker-credential-${name}`;
  // A name with a slash would be a path: whoever may write the file does not thereby choose which programs run.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) throw failed(helper, "this is no name of a helper");
  signal.throwIfAborted();
  const run = await execa(helper, ["get"], {
    input: serverOf(registry),
    env: { ...env },
    extendEnv: false,
    reject: false,
    cancelSignal: signal,
    timeout: timeoutMs,
    maxBuffer: 1024 * 1024,
    windowsHide: true,
  });
  signal.throwIfAborted();
  if (run.failed) {
    if (/credentials not found/i.test(run.stdout)) return undefined;
    if (run.code === "ENOENT") throw failed(helper, "it is not installed (not on the PATH)");
    throw failed(helper, run.timedOut ? `it has not answered within ${timeoutMs / 1_000} s` : "it failed");
  }
  return parseAnswer(helper, run.stdout);
}

function parseAnswer(helper: string, stdout: string): FoundCredentials | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    // The cause would quote what it said, which may be the password.
  }
  const parsed = answer.safeParse(value);
  if (!parsed.success) throw failed(helper, "what it answers is not the JSON of a credential helper");
  const { Username: username, Secret: password } = parsed.data;
  if (password === "") return undefined;
  if (username === "<token>") return { secret: { type: "identity-token", token: password }, from: helper };
  return { secret: { type: "password", username, password }, from: helper };
}

/** As `docker login` has stored it. */
function serverOf(registry: string): string {
  return registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
}

function failed(helper: string, problem: string): Error {
  return ociError("OCI_CREDENTIALS_FAILED", {
    message: `The credential helper ${helper} is of no use: ${problem}.`,
    hint: "Run it by hand (echo REGISTRY | docker-credential-… get), or log in without it: REGISTRY_AUTH_FILE names another file.",
    facts: { from: helper, problem },
  });
}
