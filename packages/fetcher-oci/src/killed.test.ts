import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { contentOf } from "../../../tools/fault-server/src/index.ts";
import {
  kitopsModel,
  modelPackModel,
  startTestRegistry,
  type TestRegistry,
} from "../../../tools/test-registry/src/index.ts";
import { visibleFiles } from "./testing/setting.ts";

const mebibyte = 1024 * 1024;
const script = join(import.meta.dirname, "testing/ensure-process.ts");

interface Ended {
  readonly signal: string | null;
  readonly localPath?: string;
  readonly failed?: string;
}

/** @param isMoment is asked again and again whether it is to be killed now. */
async function ensureUntil(cacheDir: string, at: string, isMoment: () => Promise<boolean>): Promise<Ended> {
  const child = fork(script, [cacheDir, at], { execArgv: [] });
  let said = {};
  child.on("message", (message: object) => void (said = message));
  let isOver = false;
  const ended = once(child, "exit").then(() => (isOver = true));
  while (!isOver) {
    if (await isMoment()) child.kill("SIGKILL");
    await new Promise(setImmediate);
  }
  await ended;
  return { signal: child.signalCode, ...said };
}

const never = (): Promise<boolean> => Promise.resolve(false);

function reference({ host }: TestRegistry): string {
  return `oci://${host}/org/model:v1`;
}

test("killed with -9 in the middle of a layer, again and again, and gone on with", { timeout: 120_000 }, async () => {
  const cacheDir = await mkdtemp(join(tmpdir(), "oci-killed-"));
  await using registry = await startTestRegistry();
  const content = { sizeBytes: 48 * mebibyte, seed: "killed" };
  registry.pushArtifact("org/model", "v1", modelPackModel({ "model.gguf": content }));
  registry.inject({ kind: "throttle", bytesPerSecond: 40 * mebibyte });
  for (let kill = 0; kill < 4; kill += 1) {
    const before = registry.bodyBytesSent;
    const isMoment = async (): Promise<boolean> => registry.bodyBytesSent - before > 10 * mebibyte;
    expect(await ensureUntil(cacheDir, reference(registry), isMoment)).toMatchObject({ signal: "SIGKILL" });
    expect(await visibleFiles(cacheDir)).toEqual([]);
  }
  const { localPath = "", failed } = await ensureUntil(cacheDir, reference(registry), never);
  expect(failed).toBeUndefined();
  expect(readFileSync(localPath).equals(contentOf(content))).toBe(true);
  // Begun anew each time, it would have been this more often.
  expect(registry.bodyBytesSent).toBeLessThan(content.sizeBytes + 4 * 8 * mebibyte);
  await rm(cacheDir, { recursive: true, force: true, maxRetries: 3 });
});

test("killed with -9 while it unpacks, and right the next time", { timeout: 120_000 }, async () => {
  const compiled = await mkdtemp(join(tmpdir(), "oci-compiled-"));
  vi.stubEnv("NODE_COMPILE_CACHE", compiled);
  const files = Object.fromEntries(
    Array.from({ length: 6 }, (_, index) => [`part-${index}.bin`, { sizeBytes: 24 * mebibyte, seed: index }]),
  );
  await using registry = await startTestRegistry();
  registry.pushArtifact("org/model", "v1", kitopsModel(files));
  for (const name of ["part-0.bin", "part-2.bin", "part-5.bin"]) {
    const cacheDir = await mkdtemp(join(tmpdir(), "oci-killed-"));
    const isMoment = async (): Promise<boolean> => {
      const names = await readdir(join(cacheDir, "ingest"), { recursive: true }).catch(() => []);
      return names.some((each) => each.endsWith(name));
    };
    expect(await ensureUntil(cacheDir, reference(registry), isMoment)).toMatchObject({ signal: "SIGKILL" });
    expect(await visibleFiles(cacheDir)).toEqual([]);
    const { localPath = "", failed } = await ensureUntil(cacheDir, reference(registry), never);
    expect(failed).toBeUndefined();
    for (const [path, content] of Object.entries(files))
      expect(readFileSync(join(localPath, path)).equals(contentOf(content))).toBe(true);
    expect([...(await visibleFiles(cacheDir))].toSorted()).toEqual(Object.keys(files));
    await rm(cacheDir, { recursive: true, force: true, maxRetries: 3 });
  }
  await rm(compiled, { recursive: true, force: true });
});
