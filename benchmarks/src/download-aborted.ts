import { rm } from "node:fs/promises";
import { join } from "node:path";
import { httpFetcher } from "@llama-orch/fetcher-http";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { withModelServer } from "./downloads/model-server.ts";
import type { BenchmarkOptions, Row } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

const sizeMb = 1_024;

/** A download that is aborted in the middle, at full pace: from the abort to the rejection, with what has come kept. */
export function downloadAborted({ rounds }: BenchmarkOptions): Promise<readonly Row[]> {
  return withTempDir((folder) =>
    withModelServer(folder, sizeMb, async (server) => {
      const took: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const cacheDir = join(folder, "cache");
        took.push(await abortOne(server.url, cacheDir, ((round + 1) / (rounds + 1)) * server.sizeBytes));
        await rm(cacheDir, { recursive: true });
      }
      const most = Math.max(...took);
      return [
        {
          work: "a download of 1 GiB, aborted at full pace",
          bar: "≤ 100 ms from the abort to the rejection",
          result: `${most.toFixed(0)} ms at most (runs: ${took.map((ms) => ms.toFixed(0)).join(", ")})`,
          isMet: most <= 100,
        },
      ];
    }),
  );
}

/** @param atBytes when so many have come. @returns ms */
async function abortOne(url: string, cacheDir: string, atBytes: number): Promise<number> {
  const controller = new AbortController();
  const reason = new Error("enough");
  let abortedMs = Number.NaN;
  const provisioner = createProvisioner({
    cacheDir,
    fetchers: [httpFetcher()],
    onEvent(event) {
      if (event.type !== "fetch-progress" || event.receivedBytes < atBytes || controller.signal.aborted) return;
      abortedMs = performance.now();
      controller.abort(reason);
    },
  });
  const outcome = await provisioner
    .ensurePresentStr(url, undefined, { signal: controller.signal })
    .catch((error: unknown) => error);
  const endedMs = performance.now();
  if (outcome !== reason) throw new Error("it was not aborted", { cause: outcome });
  return endedMs - abortedMs;
}
