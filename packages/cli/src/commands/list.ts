import { entryPath } from "@llama-orch/catalog-core";
import { type Command, defineCommand } from "../command.ts";
import { listEntries } from "../list-entries.ts";
import { openCatalog } from "../open-catalog.ts";
import { entryResult } from "../render/entry-result.ts";
import { formatBytes } from "../render/quantities.ts";
import { renderTable } from "../render/table.ts";

export const list: Command = defineCommand({
  name: "list",
  summary: "List the models on record",
  details: ["Reads the catalog alone: whether the files are still there is what verify and doctor tell."],
  options: {},
  async run({ values }, session) {
    const catalog = openCatalog(values, session);
    const entries = await listEntries(catalog, session.signal);
    if (entries.length === 0) session.report.note(`no models are on record in ${catalog.cacheDir}`);
    if (session.json) {
      for (const entry of entries) session.out.line(JSON.stringify(entryResult(catalog.cacheDir, entry)));
    } else if (entries.length > 0) {
      const rows = entries.map((entry) => [
        entry.id,
        formatBytes(entry.sizeBytes),
        entry.trust,
        entry.lifecycle,
        entryPath(catalog.cacheDir, entry),
      ]);
      session.out.text(renderTable(["ID", "SIZE", "TRUST", "STATE", "PATH"], rows));
    }
    return 0;
  },
});
