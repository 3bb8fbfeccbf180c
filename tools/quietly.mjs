// Runs a command and shows what it wrote only if it fails: `node tools/quietly.mjs turbo run build`.

import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exit(quietly(process.argv.slice(2).join(" ")));
}

/** The exit code of `command`, a line for the shell (on Windows the tools are .cmd files, which only a shell starts). */
export function quietly(command, options = {}) {
  const result = spawnSync(command, {
    ...options,
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
