// Ensures one reference in a process of its own: `node ensure-process.ts CACHE_DIR REFERENCE`.
// Tells its parent the path in the end, or the error's code.
import { isModelError } from "@llama-orch/catalog-core";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { ociFetcher } from "../oci-fetcher.ts";

const [cacheDir = "", reference = ""] = process.argv.slice(2);

const provisioner = createProvisioner({
  cacheDir,
  fetchers: [ociFetcher({ env: {}, baseDelayMs: 10, maxDelayMs: 50 })],
  durability: "relaxed",
});
try {
  const { localPath } = await provisioner.ensurePresentStr(reference);
  process.send?.({ localPath });
} catch (error) {
  process.send?.({ failed: isModelError(error) ? error.code : String(error) });
}
process.disconnect();
