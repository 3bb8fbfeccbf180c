import { entryPath } from "@llama-orch/catalog-core";
import { removeModel } from "@llama-orch/model-provisioner";
import { type Command, defineCommand } from "../command.ts";
import { findEntry } from "../find-entry.ts";
import { openCatalog } from "../open-catalog.ts";
import { formatBytes } from "../render/quantities.ts";

export const rm: Command = defineCommand({
  name: "rm",
  summary: "Forget a model, and delete its bytes if they lie in the cache",
  operands: { name: "ID", min: 1, max: 1 },
  details: ["A model that is used where it lies (file:) loses its record alone; its files are never touched."],
  options: {},
  async run({ values, operands: [text = ""] }, session) {
    const catalog = openCatalog(values, session);
    const entry = await findEntry(catalog, text);
    // Undefined when another process was faster: it is gone, which is what was asked for.
    const { freedBytes } = (await removeModel(catalog, entry.id)) ?? { freedBytes: 0 };
    session.report.note(
      entry.location === "external"
        ? `forgot ${entry.id}; its files stay at ${entryPath(catalog.cacheDir, entry)}`
        : `removed ${entry.id}; ${formatBytes(freedBytes)} freed`,
    );
    if (session.json) session.out.line(JSON.stringify({ id: entry.id, freedBytes }));
    return 0;
  },
});
