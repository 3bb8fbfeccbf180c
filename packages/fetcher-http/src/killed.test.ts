import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { expect, test, vi } from "vitest";
import { type FaultServer, sha256Of, startFaultServer } from "../../../tools/fault-server/src/index.ts";
import { ensureInProcess } from "./testing/ensuring-process.ts";
import { mebibyte, sha256OfFile, visibleFiles } from "./testing/setting.ts";

const kills = 100;
const rounds = 10;
const content = { sizeBytes: 24 * mebibyte, seed: "killed" };

test("killed with -9 at a hundred moments, and gone on with", { timeout: 300_000 }, async () => {
  const compiled = await mkdtemp(join(tmpdir(), "compiled-"));
  // A hundred processes strip the same types once, and not a hundred times.
  vi.stubEnv("NODE_COMPILE_CACHE", compiled);
  await using server = await startFaultServer();
  server.inject({ kind: "throttle", bytesPerSecond: 60 * mebibyte });
  const random = seededRandom(9);
  let killed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const moments = Array.from({ length: kills / rounds }, () =>
      Math.floor((random() * 2 * content.sizeBytes) / (kills / rounds)),
    );
    killed += await survives(server, `/round-${round}.gguf`, moments);
  }
  expect(killed).toBeGreaterThanOrEqual(kills * 0.9);
  await rm(compiled, { recursive: true, force: true });
});

/** @param moments after so many more bytes of the server, each time. @returns how many processes were killed before they had done it */
async function survives(server: FaultServer, path: string, moments: readonly number[]): Promise<number> {
  const cacheDir = await mkdtemp(join(tmpdir(), "killed-"));
  server.put(path, { content });
  const before = server.bodyBytesSent;
  let killed = 0;
  for (const moment of moments) {
    const running = ensureInProcess(cacheDir, server.origin + path);
    const start = server.bodyBytesSent;
    const watch = setInterval(() => {
      if (server.bodyBytesSent - start >= moment) running.child.kill("SIGKILL");
    }, 1);
    await running.ended;
    clearInterval(watch);
    if (running.child.signalCode === "SIGKILL") killed += 1;
    // Nothing that is not whole is ever to be seen.
    for (const file of await visibleFiles(cacheDir)) expect(file).toBe(path.slice(1));
    for await (const { sizeBytes } of new FsCatalog(cacheDir).list()) expect(sizeBytes).toBe(content.sizeBytes);
  }
  const last = ensureInProcess(cacheDir, server.origin + path);
  const done = await last.saying(({ localPath, failed }) => localPath !== undefined || failed !== undefined);
  await last.ended;
  expect(done?.failed).toBeUndefined();
  expect(await sha256OfFile(done?.localPath ?? "")).toBe(sha256Of(content));
  // Gone on with each time: what was on its way is lost, and what was not yet noted down.
  const sent = server.bodyBytesSent - before;
  expect(sent).toBeLessThan(content.sizeBytes + moments.length * 12 * mebibyte);
  await rm(cacheDir, { recursive: true, force: true, maxRetries: 3 });
  return killed;
}

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
