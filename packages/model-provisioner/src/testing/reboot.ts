import { rename } from "node:fs/promises";
import { join } from "node:path";
import { bootId, type CatalogStore } from "@llama-orch/catalog-core";

export const otherBoot = "00000000-0000-4000-8000-000000000000";

/** As if the machine had been started anew since: what was written in this boot was written in another. */
export async function reboot(catalog: CatalogStore): Promise<void> {
  const unsynced = join(catalog.cacheDir, "blobs", "unsynced");
  await rename(join(unsynced, bootId()), join(unsynced, otherBoot));
  for await (const entry of catalog.list()) {
    if (entry.unsyncedBoot !== undefined) await catalog.put({ ...entry, unsyncedBoot: otherBoot });
  }
}
