import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** In the order of preference. Both names have belonged to stubs and to other programs: a name proves nothing. */
export const executableNames = ["hf", "huggingface-cli"] as const;

/** A file that could be the CLI. */
export interface Executable {
  /** As it was found, since some look at the name by which they are called. */
  readonly path: string;
  readonly name: (typeof executableNames)[number] | "other";
  /** Another file, or another content, has another. */
  readonly fingerprint: string;
}

/**
 * All that `PATH` has under either name, each file once. Folders that `PATH` names relative to the working directory are
 * passed over: whoever can write there could have anything run.
 */
export async function findExecutables(env: Readonly<Record<string, string | undefined>>): Promise<Executable[]> {
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const suffix = process.platform === "win32" ? ".exe" : "";
  const found: Executable[] = [];
  for (const name of executableNames) {
    for (const folder of folders) {
      const executable = await examine(join(folder, name + suffix), name);
      if (executable !== undefined && !found.some(({ fingerprint }) => fingerprint === executable.fingerprint))
        found.push(executable);
    }
  }
  return found;
}

/** What lies at this path, if it can be run. */
export async function examine(path: string, name: Executable["name"]): Promise<Executable | undefined> {
  try {
    await access(path, constants.X_OK);
    const stats = await stat(path, { bigint: true });
    if (!stats.isFile()) return undefined;
    return { path, name, fingerprint: `${name} ${await realpath(path)} ${stats.size} ${stats.mtimeNs}` };
  } catch {
    // Not there, not for this user, or on a disk that fails: nothing to run in any case.
    return undefined;
  }
}
