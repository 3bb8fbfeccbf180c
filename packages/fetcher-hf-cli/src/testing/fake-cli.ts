import type * as childModule from "node:child_process";
import type * as cryptoModule from "node:crypto";
import type * as fsModule from "node:fs";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a fake CLI does with a download. It runs in a process of its own: it must name nothing from outside itself. */
export type Behaviour = (tools: FakeTools) => unknown;

/** What a behaviour works with; made in the process of the fake CLI. */
export interface FakeTools {
  /** All of the command line, `download` first. */
  readonly args: readonly string[];
  /** What it shall download into. */
  readonly folder: string;
  readonly fs: typeof fsModule;
  readonly crypto: typeof cryptoModule;
  readonly child: typeof childModule;
  /** Writes a file and its note: of commit `aaaa…`, and with the digest of its content, unless other ones are given. */
  readonly put: (path: string, content: string | Uint8Array, note?: { commit?: string; etag?: string }) => void;
  readonly note: (path: string, commit: string, etag: string) => void;
  readonly sha256: (content: string | Uint8Array) => string;
  readonly gitSha1: (content: string | Uint8Array) => string;
  /** What this release prints on success. */
  readonly succeed: (path?: string) => void;
  /** For good: whoever waits for it waits until it is ended. */
  readonly hang: () => Promise<never>;
}

export interface FakeCli {
  /** Absolute path of the executable. */
  readonly path: string;
  /** The folder that has it, for `PATH`. */
  readonly folder: string;
  /** The command lines that it was given, without its questions for the version. */
  downloads(): Promise<readonly (readonly string[])[]>;
  /** All of its calls, with their environments. */
  calls(): Promise<readonly FakeCall[]>;
}

export interface FakeCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface FakeCliOptions {
  /** @default "hf" */
  readonly name?: string;
  /** What it says it is. @default "2.4.0" */
  readonly version?: string;
  readonly download?: Behaviour;
  /** Statements instead of all of it: a stub, or another program. `args` are its arguments. */
  readonly script?: string;
}

/** Writes an executable that behaves as a CLI might. */
export async function fakeCli(folder: string, options: FakeCliOptions = {}): Promise<FakeCli> {
  const { name = "hf", version = "2.4.0", download = ({ succeed }) => succeed(), script } = options;
  await mkdir(folder, { recursive: true });
  const [path, log] = [join(folder, name), join(folder, `${name}.calls`)];
  const text = [
    `#!${process.execPath}`,
    `const args = process.argv.slice(2);`,
    `require("node:fs").appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, env: process.env }) + "\\n");`,
    script ?? `(${programOf.toString()})(args, ${JSON.stringify(version)}, ${sourceOf(download)});`,
  ];
  await writeFile(path, text.join("\n"));
  await chmod(path, 0o755);
  const calls = async (): Promise<readonly FakeCall[]> => {
    const lines = await readFile(log, "utf8").catch(() => "");
    return lines
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as FakeCall);
  };
  return {
    path,
    folder,
    calls,
    downloads: async () => (await calls()).map(({ args }) => args).filter(([command]) => command === "download"),
  };
}

/** A method's text is no expression of its own. */
function sourceOf(behaviour: Behaviour): string {
  const text = behaviour.toString();
  return text.startsWith("download(") ? `({ ${text} }).download` : text;
}

/** The program of a fake: its text is what runs. */
function programOf(args: readonly string[], version: string, download: Behaviour): void {
  const fs = process.getBuiltinModule("node:fs");
  const crypto = process.getBuiltinModule("node:crypto");
  const paths = process.getBuiltinModule("node:path");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isFrom = (wantedMajor: number, wantedMinor: number): boolean =>
    major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  if (args[0] === "--version" && isFrom(1, 5)) return void process.stdout.write(`${version}\n`);
  if (args[0] === "version") return void process.stdout.write(`huggingface_hub version: ${version}\n`);
  if (args[0] !== "download") return process.exit(2);

  const folder = String(args[args.indexOf("--local-dir") + 1]);
  const sha256 = (content: string | Uint8Array): string => crypto.hash("sha256", content);
  const gitSha1 = (content: string | Uint8Array): string =>
    crypto
      .createHash("sha1")
      .update(`blob ${Buffer.from(content).length}\0`)
      .update(content)
      .digest("hex");
  const note = (path: string, commit: string, etag: string): void => {
    const at = paths.join(folder, ".cache/huggingface/download", `${path}.metadata`);
    fs.mkdirSync(paths.dirname(at), { recursive: true });
    fs.writeFileSync(at, `${commit}\n${etag}\n${Date.now() / 1000}\n`);
  };
  const tools: FakeTools = {
    args,
    folder,
    fs,
    crypto,
    child: process.getBuiltinModule("node:child_process"),
    sha256,
    gitSha1,
    note,
    put(path, content, { commit = "a".repeat(40), etag = sha256(content) } = {}) {
      const at = paths.join(folder, path);
      fs.mkdirSync(paths.dirname(at), { recursive: true });
      fs.writeFileSync(at, content);
      note(path, commit, etag);
    },
    succeed(path = args[2]?.startsWith("-") === false ? paths.join(folder, args[2]) : folder) {
      process.stdout.write(isFrom(1, 11) ? `${JSON.stringify({ path })}\n` : `${path}\n`);
    },
    hang: async () => {
      setInterval(() => {}, 1 << 30);
      return new Promise<never>(() => {});
    },
  };
  void download(tools);
}
