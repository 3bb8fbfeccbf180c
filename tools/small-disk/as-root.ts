import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a command as root: by itself for root, by `sudo` for whoever may do that unasked. @throws where neither is so */
export async function asRoot(command: string, args: readonly string[]): Promise<void> {
  if (process.geteuid?.() === 0) await run(command, args);
  else await run("sudo", ["-n", command, ...args]);
}
