import { spawnSync } from "node:child_process";

/** Runs `command`, a line for the shell, and shows what it wrote only if it fails. @returns Its exit code. */
export function quietly(command, options = {}) {
  const result = spawnSync(command, {
    ...options,
    // On Windows the tools are .cmd files, which only a shell starts.
    shell: true,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return 0;
  process.stderr.write(`${result.stdout ?? ""}${result.stderr ?? ""}`);
  process.stderr.write(`\`${command}\` ended with ${result.status ?? result.signal ?? result.error?.message}.\n`);
  return result.status ?? 1;
}
