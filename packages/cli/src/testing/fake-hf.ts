import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Place } from "./place.ts";

/** What a fake Hugging Face CLI does. */
export interface FakeHf {
  /** @default "hf" */
  readonly name?: string;
  /** What it says it is. @default "2.4.0" */
  readonly version?: string;
  /** What its Hub has, by path: a download brings the file that is asked for, or all of them. */
  readonly files?: Readonly<Record<string, string>>;
  /** What it notes down as the Hub's digest, instead of the right one. */
  readonly etag?: string;
  /** What it says on stderr, before it fails. */
  readonly failsWith?: string;
  /** It writes a first part of what is asked for, and goes on for ever. */
  readonly hangs?: boolean;
  /** Statements instead of all of it: a stub, or another program. */
  readonly script?: string;
}

/** The commit of all that a fake brings. */
export const commit: string = "c".repeat(40);

/** Puts an executable on the place's `PATH` that does what the Hugging Face CLI would. @returns its path. */
export async function fakeHf(place: Place, { script, ...told }: FakeHf = {}): Promise<string> {
  const path = join(place.bin, told.name ?? "hf");
  await mkdir(place.bin, { recursive: true });
  const behaviour = { version: "2.4.0", files: { "model.gguf": "abc" }, commit, ...told };
  await writeFile(
    path,
    `#!${process.execPath}\n${script ?? `(${program.toString()})(${JSON.stringify(behaviour)});`}\n`,
  );
  await chmod(path, 0o755);
  return path;
}

type Behaviour = FakeHf & { readonly files: Readonly<Record<string, string>>; readonly commit: string };

/** Its text is the program of a process of its own: it must name nothing from outside itself. */
function program({ version, files, etag, failsWith, hangs, commit: revision }: Behaviour): void {
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { mkdirSync, writeFileSync } = process.getBuiltinModule("node:fs");
  const paths = process.getBuiltinModule("node:path");
  const [command, , ...rest] = process.argv.slice(2);
  if (command === "--version") return console.log(version);
  if (failsWith !== undefined) {
    process.exitCode = 1;
    return console.error(failsWith);
  }
  const folder = rest[rest.indexOf("--local-dir") + 1] ?? "";
  const [first = ""] = rest;
  for (const [path, content] of Object.entries(files)) {
    if (first.startsWith("--") || path === first) put(path, content);
  }
  if (hangs === true) return void setInterval(() => {}, 1_000);
  console.log(JSON.stringify({ path: folder }));

  function put(path: string, content: string): void {
    const note = paths.join(folder, ".cache/huggingface/download", `${path}.metadata`);
    const digest = etag ?? createHash("sha256").update(content).digest("hex");
    for (const file of [note, paths.join(folder, path)]) mkdirSync(paths.dirname(file), { recursive: true });
    writeFileSync(paths.join(folder, path), content);
    writeFileSync(note, `${revision}\n${digest}\n1\n`);
  }
}
