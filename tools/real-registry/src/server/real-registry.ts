import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { registryConfig } from "./registry-config.ts";
import { htpasswdLine, password, user } from "./registry-user.ts";
import { type RealTokenServer, startTokenServer } from "./token-server.ts";

/** The registry of the Docker distribution, in a folder of its own, on the loopback interface. It ends when it is disposed of. */
export interface RealRegistry extends AsyncDisposable {
  /** `127.0.0.1:40123`. */
  readonly host: string;
  /** `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Where it keeps all it has, and what was made to push to it. */
  readonly dir: string;
  /** The one that it knows; it may do everything. `undefined` where nobody signs in. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tokenServer: RealTokenServer | undefined;
  /** A `config.json` of Docker by which clients sign in. */
  readonly authFile: string;
  /** What it has written so far. */
  log(): string;
}

export interface RealRegistryOptions {
  /** With `token`, anybody may pull `public/*`. @default "none" */
  readonly auth?: "none" | "basic" | "token";
  /** How long tokens hold. @default 300 */
  readonly expiresInSeconds?: number;
  /** It takes everything from this other registry, and keeps it; it takes no pushes then. It cannot sign in there by `basic`. */
  readonly proxyTo?: Pick<RealRegistry, "origin" | "user" | "password">;
}

/** @param dockerRegistry the program. */
export async function startRealRegistry(
  dockerRegistry: string,
  { auth = "none", expiresInSeconds = 300, proxyTo }: RealRegistryOptions = {},
): Promise<RealRegistry> {
  const dir = await mkdtemp(join(await realpath(tmpdir()), "real-registry-"));
  const inDir = async (name: string, content: string): Promise<string> => {
    await writeFile(join(dir, name), content, { mode: 0o600 });
    return join(dir, name);
  };
  const tokenServer = auth === "token" ? await startTokenServer(expiresInSeconds) : undefined;
  const config = registryConfig({
    storage: join(dir, "storage"),
    htpasswd: auth === "basic" ? await inDir("htpasswd", htpasswdLine) : undefined,
    token: tokenServer && {
      server: tokenServer,
      certificatePath: await inDir("tokens.pem", tokenServer.certificate),
    },
    proxy: proxyTo && {
      url: proxyTo.origin,
      signIn:
        proxyTo.user === undefined || proxyTo.password === undefined
          ? undefined
          : { user: proxyTo.user, password: proxyTo.password },
    },
  });
  const child = execa(dockerRegistry, ["serve", await inDir("config.yml", config)], {
    env: { OTEL_TRACES_EXPORTER: "none" },
    all: true,
    buffer: false,
    reject: false,
    stdin: "ignore",
    forceKillAfterDelay: 2_000,
  });
  let log = "";
  const listening = Promise.withResolvers<string>();
  child.all.setEncoding("utf8").on("data", (text: string) => {
    log += text;
    const [, host] = /listening on ([\d.]+:\d+)/.exec(log) ?? [];
    if (host !== undefined) listening.resolve(host);
  });
  const ended = child.then(() => listening.reject(new Error(`The registry ended before it was ready:\n${log}`)));
  listening.promise.catch(() => {}); // nobody waits for it when the registry ends later

  async function stop(): Promise<void> {
    child.kill();
    await ended;
    await tokenServer?.[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
  const late = setTimeout(() => listening.reject(new Error(`The registry is not ready:\n${log}`)), startTimeoutMs);
  const host = await listening.promise
    .finally(() => clearTimeout(late))
    .catch(async (error: unknown) => {
      await stop();
      throw error;
    });
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  const auths = auth === "none" ? {} : { [host]: { auth: basic } };
  return {
    host,
    origin: `http://${host}`,
    dir,
    user: auth === "none" ? undefined : user,
    password: auth === "none" ? undefined : password,
    tokenServer,
    authFile: await inDir("auth.json", JSON.stringify({ auths })),
    log: () => log,
    [Symbol.asyncDispose]: stop,
  };
}

const startTimeoutMs = 20_000;
