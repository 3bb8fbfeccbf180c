// Ensures one file by a copy, in a process of its own: `node ensure-copy.mjs CACHE_DIR FILE full|relaxed`.
// Prints how long that took in ms, without the start of Node, and the most memory that the process has had in MiB.
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner } from "@llama-orch/model-provisioner";

const [cacheDir = "", file = "", durability = "full"] = process.argv.slice(2);

const provisioner = createProvisioner({
  cacheDir,
  fetchers: [fileFetcher({ stage: "copy" })],
  durability: durability === "relaxed" ? "relaxed" : "full",
});
const startedMs = performance.now();
await provisioner.ensurePresent({ kind: "file", path: file });
const elapsedMs = performance.now() - startedMs;
console.log(elapsedMs, process.resourceUsage().maxRSS / 1_024);
