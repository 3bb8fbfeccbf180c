import { lstat, mkdtemp, readdir, realpath, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { test as base } from "vitest";

/** The command as it is published. `npm test` builds it first. */
export const command: string = join(import.meta.dirname, "../../dist/main.js");

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for one test: the working folder and the home of the commands that it runs. */
export interface Place {
  readonly folder: string;
  /** The cache root of its commands. */
  readonly cache: string;
  /** The one folder on the `PATH` of its commands; empty, and not made, unless a test puts something there. */
  readonly bin: string;
  /** Absolute path of something in the folder. */
  at(name: string): string;
  /** Writes a file. @returns its absolute path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  /** A file that takes no room, and a long time to hash. */
  sparseFile(name: string, sizeBytes: number): Promise<string>;
  /** All that a write would change, of each thing below the folder: proves that nothing was written. */
  tree(): Promise<readonly string[]>;
  /** Runs the command to its end. Output comes as it is, newlines included. */
  run(...args: readonly string[]): Promise<Outcome>;
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Outcome>;
  /** Starts the command, to be interrupted. */
  start(...args: readonly string[]): Running;
  startWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Running;
}

/** A command under way. */
export type Running = ReturnType<typeof launch>;

/** Variables of the surroundings that change what the command prints. */
const output = { NO_COLOR: undefined, MODEL_PROVISIONER_DEBUG: undefined, NODE_OPTIONS: undefined, TERM: "xterm" };

/** Those that lead to a Hugging Face CLI, a token, a Hub or a proxy of whoever runs the tests. */
const ways = Object.fromEntries(
  [
    "MODEL_PROVISIONER_HF_CLI XDG_CACHE_HOME HF_HOME HF_HUB_CACHE HF_HUB_OFFLINE",
    "HF_TOKEN HF_TOKEN_PATH HUGGING_FACE_HUB_TOKEN REQUESTS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE",
    "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy REQUEST_METHOD",
    "NODE_EXTRA_CA_CERTS MODEL_PROVISIONER_HTTP_HEADERS MODEL_PROVISIONER_PLAIN_HTTP MODEL_PROVISIONER_MIRRORS",
    "REGISTRY_AUTH_FILE DOCKER_CONFIG XDG_RUNTIME_DIR XDG_CONFIG_HOME AWS_PROFILE AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_REGION AWS_DEFAULT_REGION AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3",
    "AWS_CA_BUNDLE AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN",
  ].flatMap((names) => names.split(" ").map((name) => [name, undefined])),
);

/** Nobody listens there: a test that wants a Hub brings its own. */
const noHub = "http://127.0.0.1:9";

/** `test` with a `place` of its own, which is removed afterwards. */
export const test = base.extend<{ place: Place }>({
  // oxlint-disable-next-line no-empty-pattern -- Vitest reads the names of wanted fixtures off this pattern.
  place: async ({}, use) => {
    const folder = await mkdtemp(join(await realpath(tmpdir()), "cli-"));
    await use(placeAt(folder));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
});

/** Resolves when the command has written a text to stderr; rejects if it ends without. */
export async function sawOnStderr(running: Running, text: string | RegExp): Promise<void> {
  let seen = "";
  await new Promise<void>((resolve, reject) => {
    running.stderr.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      if (typeof text === "string" ? seen.includes(text) : text.test(seen)) resolve();
    });
    running.stderr.on("end", () => reject(new Error(`stderr ended without ${String(text)}: ${seen}`)));
  });
}

function placeAt(folder: string): Place {
  const cache = join(folder, "cache");
  const at = (name: string): string => join(folder, name);
  const bin = at("bin");
  const surroundings = {
    ...output,
    ...ways,
    HF_ENDPOINT: noHub,
    // Else AWS's packages would ask an address that only machines of Amazon have.
    AWS_EC2_METADATA_DISABLED: "true",
    PATH: bin,
    HOME: folder,
    MODEL_PROVISIONER_CACHE: cache,
  };
  const runWith: Place["runWith"] = async (env, ...args) => {
    const { exitCode, stdout, stderr } = await launch(folder, { ...surroundings, ...env }, args);
    return { exitCode, stdout, stderr };
  };
  return {
    folder,
    cache,
    bin,
    at,
    async file(name, content) {
      await writeFile(at(name), content);
      return at(name);
    },
    async sparseFile(name, sizeBytes) {
      await writeFile(at(name), "");
      await truncate(at(name), sizeBytes);
      return at(name);
    },
    tree: async () => Promise.all((await readdir(folder, { recursive: true })).sort().map((name) => stateOf(at(name)))),
    runWith,
    run: async (...args) => runWith({}, ...args),
    start: (...args) => launch(folder, surroundings, args),
    startWith: (env, ...args) => launch(folder, { ...surroundings, ...env }, args),
  };
}

async function stateOf(path: string): Promise<string> {
  const { ino, mode, nlink, size, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
  return [path, ino, mode, nlink, size, mtimeNs, ctimeNs].join(" ");
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- Its type says what its options make of the result.
function launch(cwd: string, env: Readonly<Record<string, string | undefined>>, args: readonly string[]) {
  return execa(process.execPath, [command, ...args], { cwd, env, input: "", reject: false, stripFinalNewline: false });
}

/** A record as a later version might write it. */
export const newerDocument: string = '{"schema":9,"content":{}}\n';

/** The documents of the catalog, as absolute paths: one for each model. */
export async function catalogDocuments({ cache }: Place): Promise<string[]> {
  const found = await readdir(join(cache, "catalog"), { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
