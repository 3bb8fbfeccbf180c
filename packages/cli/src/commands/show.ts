import { type Command, defineCommand } from "../command.ts";
import { findEntry } from "../find-entry.ts";
import { openCatalog } from "../open-catalog.ts";
import { entryFacts, entryResult } from "../render/entry-result.ts";
import { renderFacts } from "../render/table.ts";

export const show: Command = defineCommand({
  name: "show",
  summary: "Show what is on record of a model: digest, trust, provenance",
  operands: { name: "ID|REF", min: 1, max: 1 },
  options: {},
  async run({ values, operands: [text = ""] }, session) {
    const catalog = openCatalog(values, session);
    const entry = await findEntry(catalog, text);
    if (session.json) session.out.line(JSON.stringify(entryResult(catalog.cacheDir, entry)));
    else session.out.text(renderFacts(entryFacts(catalog.cacheDir, entry)));
    return 0;
  },
});
