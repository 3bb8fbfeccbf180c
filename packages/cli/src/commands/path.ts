import { entryPath, locate } from "@llama-orch/catalog-core";
import { type Command, defineCommand } from "../command.ts";
import { commandError } from "../errors.ts";
import { findEntry } from "../find-entry.ts";
import { openCatalog } from "../open-catalog.ts";

export const path: Command = defineCommand({
  name: "path",
  summary: "Print where a model lies, without bringing or hashing anything",
  operands: { name: "REF", min: 1, max: 1 },
  details: ["Writes nothing, and works on a read-only cache. Exit code 3 when the model is not here."],
  options: {},
  async run({ values, operands: [reference = ""] }, session) {
    const catalog = openCatalog(values, session);
    const entry = await findEntry(catalog, reference);
    const localPath = await locate(catalog, entry.id);
    if (localPath === undefined) {
      const why =
        entry.lifecycle === "Retired"
          ? `${entry.id} is retired.`
          : `${entry.id} is on record, and ${entryPath(catalog.cacheDir, entry)} no longer holds it.`;
      throw commandError("MODEL_ABSENT", {
        message: why,
        hint: "Ensure it again: model-provisioner ensure REF.",
        facts: { id: entry.id },
      });
    }
    session.out.line(session.json ? JSON.stringify({ id: entry.id, localPath }) : localPath);
    return 0;
  },
});
