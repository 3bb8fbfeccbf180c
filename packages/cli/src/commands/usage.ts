import { freeSpace } from "@llama-orch/catalog-core";
import { measureUsage } from "@llama-orch/model-provisioner";
import { type Command, defineCommand } from "../command.ts";
import { openCatalog } from "../open-catalog.ts";
import { bySize, renderUsage, usageResult } from "../render/usage-report.ts";

export const usage: Command = defineCommand({
  name: "usage",
  summary: "Show what room the models take, and what would be freed",
  details: [
    "A line for each model, the largest first: ONLY is what rm would free, SHARED what other models have",
    "as well. Then what the cache takes in all. Files that are used in place are not ours to free.",
    "Hashes nothing, and writes nothing.",
  ],
  options: {},
  async run({ values }, session) {
    const { signal, report, out, json } = session;
    const catalog = openCatalog(values, session);
    const { cacheDir } = catalog;
    const measured = await measureUsage(catalog, { signal });
    const result = usageResult(measured, { cacheDir, freeBytes: await freeSpace(cacheDir) });
    const models = measured.models.toSorted(bySize);
    for (const { message, hint } of measured.unmeasured.map(({ error }) => error)) report.warn(message, hint);
    if (models.length === 0) report.note(`no models are on record in ${cacheDir}`);
    if (json) for (const line of [...models, result]) out.line(JSON.stringify(line));
    else out.text(renderUsage(models, result));
    return 0;
  },
});
