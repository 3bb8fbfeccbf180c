// Ensures one reference in a process of its own: `node ensure-process.ts CACHE_DIR URL STALLED_HOLDER_MS`.
// Tells its parent what happens, and in the end the path with what it cost, or the error's code.
import { isModelError } from "@llama-orch/catalog-core";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { httpFetcher } from "../http-fetcher.ts";

const [cacheDir = "", url = "", stalledHolderMs = "60000"] = process.argv.slice(2);

const provisioner = createProvisioner({
  cacheDir,
  fetchers: [httpFetcher({ baseDelayMs: 10, maxDelayMs: 50 })],
  durability: "relaxed",
  stalledHolderMs: Number(stalledHolderMs),
  onEvent(event) {
    if (event.type === "fetch-progress") process.send?.({ receivedBytes: event.receivedBytes });
    else process.send?.({ event: event.type });
  },
});
try {
  const { localPath } = await provisioner.ensurePresentStr(url);
  process.send?.({ localPath });
} catch (error) {
  process.send?.({ failed: isModelError(error) ? error.code : String(error) });
}
process.disconnect();
