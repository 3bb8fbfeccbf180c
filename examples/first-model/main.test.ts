import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { modifiedSince, snapshot } from "./snapshot.ts";

const run = promisify(execFile);
const file = createRequire(import.meta.url).resolve("@ricky0123/vad-web/dist/silero_vad_v5.onnx");

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "first-model-"));
});
afterEach(() => rm(cacheDir, { recursive: true }));

test("the first call verifies and registers the model, the second hashes and writes nothing", async () => {
  const [first, second] = calls(await main(cacheDir));
  expect(first).toMatchObject({ cached: "no", hashed: "2,327,524 bytes", copied: "0 bytes" });
  expect(first).toMatchObject({ "lies at": file, verified: "pass; trust: verified" });
  expect(second?.["cached"]).toMatch(/^yes/);
  expect(second).toMatchObject({ hashed: "0 bytes", events: "ensure-started, model-present, ensure-finished" });
});

test("it shows the catalog entry", async () => {
  const printed = await main(cacheDir);
  const entry: unknown = JSON.parse(/^\{$.*?^\}$/ms.exec(printed)?.[0] ?? "");
  expect(entry).toMatchObject({ localPath: file, lifecycle: "Active", location: "external", trust: "verified" });
});

test("run again, it says that the model was here before", async () => {
  await main(cacheDir);
  const before = await snapshot(cacheDir);
  const printed = await main(cacheDir);
  expect(calls(printed).map(({ cached, hashed }) => [cached?.slice(0, 3), hashed])).toEqual([
    ["yes", "0 bytes"],
    ["yes", "0 bytes"],
  ]);
  expect(printed).toContain("Written by the second call: nothing");
  expect(modifiedSince(before, await snapshot(cacheDir))).toEqual([]);
});

test("a failure is two lines and exit code 1, without a stack trace", async () => {
  const blocked = join(cacheDir, "a-file");
  await writeFile(blocked, "");
  const twoLines: unknown = expect.stringMatching(/^[^\n]+\n[^\n]+\n$/);
  await expect(main(blocked)).rejects.toMatchObject({ code: 1, stderr: twoLines });
  expect(await readdir(cacheDir)).toEqual(["a-file"]);
});

async function main(folder: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "main.ts"), folder]);
  return stdout;
}

/** The facts of each call: what stands indented below its title. */
function calls(printed: string): Record<string, string>[] {
  return [...printed.matchAll(/ call\n((?: {2}\S.*\n)+)/g)].map(([, lines = ""]) =>
    Object.fromEntries(lines.split("\n").map((line) => [line.slice(2, 12).trim(), line.slice(12)])),
  );
}
