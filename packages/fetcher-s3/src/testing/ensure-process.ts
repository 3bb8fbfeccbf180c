// Ensures one reference in a process of its own: `node ensure-process.ts CACHE_DIR REFERENCE`, with the AWS configuration of
// its environment. Tells its parent how far it is, and in the end the path, or the error's code.
import { isModelError } from "@llama-orch/catalog-core";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { s3Fetcher } from "../s3-fetcher.ts";

const [cacheDir = "", reference = ""] = process.argv.slice(2);

const provisioner = createProvisioner({
  cacheDir,
  fetchers: [s3Fetcher({ baseDelayMs: 10, maxDelayMs: 50, maxConnectionsPerTransfer: 1 })],
  durability: "relaxed",
  onEvent(event) {
    if (event.type === "fetch-progress") process.send?.({ receivedBytes: event.receivedBytes });
  },
});
try {
  const { localPath } = await provisioner.ensurePresentStr(reference);
  process.send?.({ localPath });
} catch (error) {
  process.send?.({ failed: isModelError(error) ? error.code : String(error) });
}
process.disconnect();
