// Ensures `slow:x` in a process of its own: `node ensure-process.ts CACHE_DIR FOLDER`. Each fetch is a line in FOLDER/fetches;
// it goes on when FOLDER/go is there. Tells its parent the events' types, and in the end the path.
import { appendFile, stat, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { FsCatalog, type ModelFetcher } from "@llama-orch/catalog-core";
import { ModelProvisioner } from "../provisioner.ts";

const [cacheDir = "", folder = "", stalledHolderMs = "15000"] = process.argv.slice(2);

const fetcher: ModelFetcher<"slow"> = {
  name: "slow-fetcher",
  version: "0.0.0",
  schemes: ["slow"],
  network: false,
  plan: async (ref) => ({
    ref,
    source: "slow:x",
    location: "managed",
    kind: "file",
    files: [{ path: "x", sizeBytes: 3 }],
  }),
  async fetch(_plan, ingest, { onProgress, signal }) {
    await appendFile(join(folder, "fetches"), `${process.pid}\n`);
    onProgress({ path: "x", receivedBytes: 1, totalBytes: 3, attempt: 1 });
    // Polling is how a file is waited for; nothing is concluded from the time it takes.
    while (!(await stat(join(folder, "go")).catch(() => undefined))) await setTimeout(20, undefined, { signal });
    await writeFile((await ingest.target("x")).path, "abc");
    return { files: [{ path: "x", sizeBytes: 3 }], movedBytes: 3, reusedBytes: 0 };
  },
};

const provisioner = new ModelProvisioner(new FsCatalog(cacheDir), fetcher, {
  stalledHolderMs: Number(stalledHolderMs),
  onEvent: ({ type }) => process.send?.({ event: type }),
});
const { localPath } = await provisioner.ensurePresentStr("slow:x");
process.send?.({ localPath });
process.disconnect();
