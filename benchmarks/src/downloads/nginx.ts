import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nginxConfig, type NginxConfigOptions } from "./nginx-config.ts";
import { loopbackEnvironment } from "./loopback-environment.ts";

/** How long it may take to start, and to notice that a client is gone. */
const patienceMs = 10_000;

export interface Nginx {
  /** Until no connection is open. A request is logged when it has ended, which may be after its client has. */
  untilIdle(): Promise<void>;
  stop(): Promise<void>;
}

/** An nginx of our own, in the foreground; it answers when this resolves. */
export async function startNginx(options: NginxConfigOptions): Promise<Nginx> {
  const { folder, port } = options;
  const config = join(folder, "nginx.conf");
  await writeFile(config, nginxConfig(options));
  const args = ["-p", folder, "-e", join(folder, "error.log"), "-c", config];
  const nginx = spawn("nginx", args, { env: loopbackEnvironment(), stdio: ["ignore", "inherit", "inherit"] });
  await once(nginx, "spawn");
  const untilIdle = (): Promise<void> => untilNoOtherConnection(`http://127.0.0.1:${port}/connections`, nginx);
  const stop = (): Promise<void> => stopProcess(nginx);
  try {
    await untilIdle();
  } catch (error) {
    await stop();
    throw error;
  }
  return { untilIdle, stop };
}

/** The one connection that is counted at last is that of the question. */
async function untilNoOtherConnection(url: string, nginx: ChildProcess): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    if (nginx.exitCode !== null) throw new Error(`nginx ended with ${nginx.exitCode}`);
    if (/^Active connections: 1 *$/m.test(await textOf(url))) return;
    await sleep(20);
  }
  throw new Error(`nginx does not answer, or keeps connections open, after ${patienceMs} ms`);
}

/** Empty while nobody listens. */
function textOf(url: string): Promise<string> {
  return fetch(url).then(
    (response) => response.text(),
    () => "",
  );
}

async function stopProcess(nginx: ChildProcess): Promise<void> {
  if (nginx.exitCode !== null || nginx.signalCode !== null) return;
  const ended = once(nginx, "exit");
  nginx.kill();
  await ended;
}
