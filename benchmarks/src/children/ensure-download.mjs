// Ensures one file by a download, in a process of its own. `--watched` prints a line `received BYTES` as they arrive.
// Last line: ms without the start of Node; ms with it; the most memory that the process has had, in MiB; its CPU seconds; when
// it had the model, in ms since 1970.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { httpFetcher } from "@llama-orch/fetcher-http";
import { createProvisioner } from "@llama-orch/model-provisioner";

const { values } = parseArgs({
  options: {
    "cache-dir": { type: "string", default: "" },
    url: { type: "string", default: "" },
    sha256: { type: "string", default: "" },
    durability: { type: "string", default: "full" },
    connections: { type: "string" },
    ca: { type: "string" },
    watched: { type: "boolean", default: false },
  },
});

const provisioner = createProvisioner({
  cacheDir: values["cache-dir"],
  fetchers: [
    httpFetcher({
      ...(values.ca === undefined ? {} : { ca: readFileSync(values.ca, "utf8") }),
      ...(values.connections === undefined ? {} : { maxConnectionsPerTransfer: Number(values.connections) }),
    }),
  ],
  durability: values.durability === "relaxed" ? "relaxed" : "full",
});
const options = values.watched ? { onEvent: printReceived } : {};

const startedMs = performance.now();
await provisioner.ensurePresentStr(values.url, `sha256:${values.sha256}`, options);
const endedMs = performance.now();
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
console.log(
  endedMs - startedMs,
  endedMs,
  maxRSS / 1_024,
  (userCPUTime + systemCPUTime) / 1e6,
  performance.timeOrigin + endedMs,
);

function printReceived(event) {
  if (event.type === "fetch-progress") console.log(`received ${event.receivedBytes}`);
}
