// Ensures one file by a copy, in a process of its own: `node ensure-copy.ts CACHE_DIR FILE full|relaxed`.
// Prints how long that took, without the start of Node, and the most memory that the process has had.
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner } from "@llama-orch/model-provisioner";

const [cacheDir = "", file = "", durability = "full"] = process.argv.slice(2);

const provisioner = createProvisioner({
  cacheDir,
  fetchers: [fileFetcher({ stage: "copy" })],
  durability: durability === "relaxed" ? "relaxed" : "full",
});
const startedMs = performance.now();
const { report } = await provisioner.ensurePresent({ kind: "file", path: file });
const elapsedMs = performance.now() - startedMs;
console.log(
  JSON.stringify({ elapsedMs, stagedBytes: report.stagedBytes, maxRssMb: process.resourceUsage().maxRSS / 1_024 }),
);
