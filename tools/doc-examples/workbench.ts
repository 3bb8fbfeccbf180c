import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import type { Example } from "./examples-in.ts";

const workspace = join(import.meta.dirname, "../..");
const tools = join(workspace, "node_modules/.bin");

/** Windows may spell it Path, and a second spelling beside it would win or lose by chance. */
const pathVariable = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";

/** An empty GGUF file of version 3: no tensors, no metadata. */
const model = Buffer.concat([Buffer.from("GGUF"), Buffer.from([3, 0, 0, 0]), Buffer.alloc(16)]);

/**
 * A folder inside the workspace in which the examples of all documents lie and run. Each document has a folder of its
 * own with a `model.gguf`, a home and a cache, which its examples share in order, as their reader would.
 */
export class Workbench {
  readonly #root: string;

  constructor() {
    mkdirSync(join(import.meta.dirname, ".run"), { recursive: true });
    this.#root = mkdtempSync(join(import.meta.dirname, ".run", "docs-"));
    this.#linkPackages();
    this.#addCommand();
    const config = {
      extends: join(workspace, "tsconfig.tests.json"),
      compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
      include: ["*/*.ts"],
      exclude: [],
    };
    writeFileSync(join(this.#root, "tsconfig.json"), JSON.stringify(config));
  }

  /** @returns The file of the example, relative to the workbench: `docs-security.md/line-12.ts`. */
  add(document: string, example: Example): string {
    const file = `${document.replaceAll("/", "-")}/line-${example.line}.${example.language}`;
    const folder = dirname(join(this.#root, file));
    mkdirSync(join(folder, "cache"), { recursive: true });
    writeFileSync(join(folder, "model.gguf"), model);
    writeFileSync(join(this.#root, file), example.text);
    return file;
  }

  /** Type errors by file, as the compiler prints them. One compilation for all examples. */
  async typeErrors(): Promise<ReadonlyMap<string, readonly string[]>> {
    const { stdout, exitCode } = await execa(join(tools, "tsc"), ["-p", ".", "--pretty", "false"], {
      cwd: this.#root,
      reject: false,
    });
    const errors = stdout.split(/\r?\n(?! )/).filter((line) => line.includes("error TS"));
    if (exitCode !== 0 && errors.length === 0) throw new Error(`tsc could not check the examples: ${stdout}`);
    return new Map(
      Object.entries(Object.groupBy(errors, (line) => line.split("(")[0] ?? "")).map(([file, lines = []]) => [
        file,
        lines,
      ]),
    );
  }

  /** What it prints to stdout, without the blank lines around it. Throws with all of its output if it fails. */
  async run(file: string): Promise<string> {
    const [command, ...args] = file.endsWith(".ts")
      ? [process.execPath, join(this.#root, file)]
      : ["sh", "-eu", join(this.#root, file)];
    const cwd = dirname(join(this.#root, file));
    const { stdout } = await execa(command, args, {
      cwd,
      stdin: "ignore",
      env: {
        [pathVariable]: [join(this.#root, "bin"), tools, process.env[pathVariable]].join(delimiter),
        HOME: cwd,
        USERPROFILE: cwd,
        MODEL_PROVISIONER_CACHE: join(cwd, "cache"),
        // Nobody listens there: no example reaches the Hugging Face Hub.
        HF_ENDPOINT: "http://127.0.0.1:9",
      },
    });
    return stdout.trim();
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }

  /** Every package under its name, whether some manifest lists it or not: a reader would have installed it. */
  #linkPackages(): void {
    const scope = join(this.#root, "node_modules/@llama-orch");
    mkdirSync(scope, { recursive: true });
    for (const name of readdirSync(join(workspace, "packages"))) {
      symlinkSync(join(workspace, "packages", name), join(scope, name), "junction");
    }
  }

  /** The built command; `sh` starts it on Windows too. */
  #addCommand(): void {
    mkdirSync(join(this.#root, "bin"));
    const main = join(workspace, "packages/cli/dist/main.js");
    const script = `#!/bin/sh\nexec node "${main}" "$@"\n`;
    writeFileSync(join(this.#root, "bin/model-provisioner"), script, { mode: 0o755 });
  }
}
