// Ensures one reference of a Hub, in a process of its own: `node ensure-from-hub.mjs REFERENCE ENDPOINT FOLDER`.
// Prints how long it took in ms, without the start of Node.
import { join } from "node:path";
import { hfFetcher } from "@llama-orch/fetcher-hf";
import { createProvisioner } from "@llama-orch/model-provisioner";

const [reference = "", endpoint = "", folder = ""] = process.argv.slice(2);
const provisioner = createProvisioner({
  cacheDir: join(folder, "cache"),
  durability: "relaxed",
  fetchers: [hfFetcher({ endpoint, token: "", env: { HOME: folder } })],
});
const startedMs = performance.now();
await provisioner.ensurePresentStr(reference);
console.log(performance.now() - startedMs);
