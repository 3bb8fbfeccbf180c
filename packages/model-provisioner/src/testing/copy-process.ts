// Copies the file at FOLDER/model.gguf into a cache, in a process of its own: `node copy-process.ts CACHE_DIR FOLDER STALLED_HOLDER_MS`.
// In the middle of the copy it is hung until FOLDER/go is there. Tells its parent what happens, and in the end the path or the error's code.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FsCatalog, isModelError } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { ModelProvisioner } from "../provisioner.ts";

const [cacheDir = "", folder = "", stalledHolderMs = ""] = process.argv.slice(2);

/** As a process that hangs: nothing else of it gets to work. Polling is how a file is waited for; nothing depends on the time it takes. */
function hang(): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(join(folder, "go"))) Atomics.wait(nothing, 0, 0, 20);
}

const provisioner = new ModelProvisioner(new FsCatalog(cacheDir), fileFetcher({ stage: "copy" }), {
  stalledHolderMs: Number(stalledHolderMs),
  onEvent(event) {
    const isPartial = event.type === "fetch-progress" && event.receivedBytes < (event.totalBytes ?? 0);
    const reusedBytes = event.type === "fetch-finished" ? event.reusedBytes : undefined;
    process.send?.({ event: event.type, atMs: event.atMs, isPartial, reusedBytes });
    if (isPartial) hang();
  },
});
try {
  const { localPath } = await provisioner.ensurePresentStr(join(folder, "model.gguf"));
  process.send?.({ localPath, atMs: Date.now() });
} catch (error) {
  process.send?.({ failed: isModelError(error) ? error.code : String(error), atMs: Date.now() });
}
process.disconnect();
