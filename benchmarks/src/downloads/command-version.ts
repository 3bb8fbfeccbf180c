import { spawnSync } from "node:child_process";
import { loopbackEnvironment } from "./loopback-environment.ts";

/** The first number with a dot that `program --version` prints; `undefined` where it is not installed. */
export function versionOf(program: string, flag = "--version"): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, [flag], { encoding: "utf8", env: loopbackEnvironment() });
  return status === 0 ? /\d+(?:\.\d+)+/.exec(stdout + stderr)?.[0] : undefined;
}
