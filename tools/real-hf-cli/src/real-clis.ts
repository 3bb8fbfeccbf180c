import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** The releases of `huggingface_hub` that the suite runs with: those at which something changed, and the newest. */
export const releases = ["0.25.2", "0.33.5", "0.36.2", "1.10.2", "1.33.0", "2.4.0"] as const;
export type Release = (typeof releases)[number];

const root = join(import.meta.dirname, "../../../.run/hf-cli");

/** The folder for `PATH` that has the CLI of a release, or why there is none. */
export type RealCli =
  | { readonly type: "here"; readonly bin: string }
  | { readonly type: "absent"; readonly reason: string };

/** Those of several releases. Two are made at a time, as the machine has cores: most of it is unpacking. */
export async function realClis(wanted: readonly Release[] = releases): Promise<ReadonlyMap<Release, RealCli>> {
  const made = new Map<Release, RealCli>();
  for (let next = 0; next < wanted.length; next += 2) {
    const some = wanted.slice(next, next + 2);
    const clis = await Promise.all(some.map(realCli));
    for (const [index, cli] of clis.entries()) made.set(some[index] ?? wanted[0] ?? "2.4.0", cli);
  }
  return made;
}

/** The executable itself, as its release calls it. */
export function executableOf(release: Release, { bin }: { readonly bin: string }): string {
  return join(bin, release.startsWith("0.") ? "huggingface-cli" : "hf");
}

/**
 * The CLI of a release, in a virtual environment of its own below `.run`. It is made where `REQUIRE_REAL=1` asks for it
 * (that needs Python 3 and a package index); else one that was made before is used.
 */
export async function realCli(release: Release): Promise<RealCli> {
  const venv = join(root, release);
  const bin = join(venv, process.platform === "win32" ? "Scripts" : "bin");
  if (existsSync(join(venv, "complete"))) return { type: "here", bin };
  if (process.env["REQUIRE_REAL"] !== "1") {
    return { type: "absent", reason: `no huggingface_hub ${release} below .run/hf-cli; REQUIRE_REAL=1 makes it` };
  }
  const problem = await makeVenv(venv, release);
  return problem === undefined ? { type: "here", bin } : { type: "absent", reason: problem };
}

/** @returns what went wrong. */
async function makeVenv(venv: string, release: Release): Promise<string | undefined> {
  await rm(venv, { recursive: true, force: true });
  await mkdir(dirname(venv), { recursive: true });
  const python = process.platform === "win32" ? "python" : "python3";
  for (const [command, args] of [
    [python, ["-m", "venv", venv]],
    [join(venv, process.platform === "win32" ? "Scripts/python" : "bin/python"), pip(release)],
  ] as const) {
    const made = await execa(command, args, { reject: false, timeout: 240_000, stdin: "ignore" });
    if (made.failed) return `huggingface_hub ${release} could not be set up: ${made.message}`;
  }
  await writeFile(join(venv, "complete.new"), "");
  await rename(join(venv, "complete.new"), join(venv, "complete"));
  return undefined;
}

function pip(release: Release): string[] {
  // 1.10 imports click, which it does not ask for: it used to come with typer.
  const needs = release === "1.10.2" ? ["click"] : [];
  return ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `huggingface_hub==${release}`, ...needs];
}
