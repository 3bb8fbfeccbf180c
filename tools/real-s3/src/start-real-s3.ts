import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { execa } from "execa";
import { realS3 } from "./real-s3.ts";

/** A `versitygw` of this machine, on the loopback interface. It ends, and its folder goes, when it is disposed of. */
export interface RealS3 extends AsyncDisposable {
  /** `http://127.0.0.1:40123`. */
  readonly endpoint: string;
  readonly port: number;
  readonly region: string;
  /** Of the only account, which may do everything; made by chance at each start. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `localhost:40123` when it was asked for: `http://bucket.localhost:40123/key` is a bucket of it, too. */
  readonly virtualHost: string | undefined;
  stop(): Promise<void>;
}

export interface RealS3Options {
  /** @default "us-east-1" */
  readonly region?: string;
  /** Whether buckets can have versions. @default true */
  readonly versioned?: boolean;
  /** Whether `bucket.localhost` in the `Host` is a bucket, besides the first part of the path. @default false */
  readonly virtualHosts?: boolean;
}

/** Rejects where there is none: ask `realS3()` before. */
export async function startRealS3(options: RealS3Options = {}): Promise<RealS3> {
  const found = await realS3();
  if (found.type === "absent") throw new Error(found.reason);
  const root = await mkdtemp(join(tmpdir(), "real-s3-"));
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(found.executable, root, options);
    } catch (error) {
      // Somebody else may have taken the port between its choice and its use.
      if (attempt < 3 && error instanceof PortTakenError) continue;
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
  }
}

class PortTakenError extends Error {}

async function start(executable: string, root: string, options: RealS3Options): Promise<RealS3> {
  const { region = "us-east-1", versioned = true, virtualHosts = false } = options;
  const port = await freePort();
  const virtualHost = virtualHosts ? `localhost:${port}` : undefined;
  const credentials = {
    accessKeyId: `TEST${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  const [data, versions, metadata] = [join(root, "data"), join(root, "versions"), join(root, "metadata")];
  for (const folder of [data, versions, metadata]) await mkdir(folder, { recursive: true });
  const args = ["--port", `127.0.0.1:${port}`, "--region", region, "--health", healthPath, "--quiet"];
  if (virtualHost !== undefined) args.push("--virtual-domain", virtualHost);
  // Not every file system of a temporary folder has extended attributes.
  args.push("posix", "--sidecar", metadata);
  if (versioned) args.push("--versioning-dir", versions);
  const child = execa(executable, [...args, data], {
    env: { ROOT_ACCESS_KEY_ID: credentials.accessKeyId, ROOT_SECRET_ACCESS_KEY: credentials.secretAccessKey },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    all: true,
    forceKillAfterDelay: 5000,
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await child;
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const problem = await readiness(child, endpoint);
  if (problem !== undefined) {
    child.kill();
    await child;
    throw /address already in use/.test(problem) ? new PortTakenError(problem) : new Error(problem);
  }
  return { endpoint, port, region, credentials, virtualHost, stop, [Symbol.asyncDispose]: stop };
}

const healthPath = "/health-of-the-gateway";

/** @returns why it is not ready, after ten seconds or when it has ended. */
async function readiness(
  exited: Promise<{ readonly exitCode?: number; readonly all: string }>,
  endpoint: string,
): Promise<string | undefined> {
  let ended: string | undefined;
  void exited.then(({ exitCode, all }) => (ended = `It ended with ${exitCode}: ${all}`));
  const deadline = performance.now() + 10_000;
  while (ended === undefined && performance.now() < deadline) {
    const ready = await fetch(`${endpoint}${healthPath}`).then(
      async (response) => (await response.arrayBuffer(), response.ok),
      () => false, // nobody listens yet
    );
    if (ready) return undefined;
    await after(20);
  }
  return ended ?? "The server was not ready within ten seconds.";
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no port.");
  return address.port;
}
