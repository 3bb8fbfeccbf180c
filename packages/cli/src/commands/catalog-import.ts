import { resolve } from "node:path";
import { type CatalogStore, importIndex, isModelError } from "@llama-orch/catalog-core";
import { describePath } from "@llama-orch/model-provisioner";
import { type Command, defineCommand } from "../command.ts";
import { findEntry } from "../find-entry.ts";
import { openCatalog } from "../open-catalog.ts";
import { version } from "../version.ts";

export const catalogImport: Command = defineCommand({
  name: "catalog import",
  summary: "Take over the catalog of the original system, its index.json",
  operands: { name: "FILE", min: 1, max: 1 },
  details: [
    "Prints the ids that were imported. Every file is hashed, and stays where it is. What cannot be",
    "proved now (a file that is gone, a digest that differs) is skipped with a warning, what is on",
    "record already with a note; the exit code is 0 all the same.",
  ],
  options: {},
  async run({ values, operands: [file = ""] }, session) {
    const catalog = openCatalog(values, session);
    const { imported, skipped } = await importIndex(resolve(file), catalog, {
      toolVersion: version,
      signal: session.signal,
      describe: (path) =>
        describePath(path, {
          signal: session.signal,
          onProgress: ({ path: name, hashedBytes: doneBytes, totalBytes }) =>
            session.report.progress({ activity: "hashing", path: name, doneBytes, totalBytes }),
        }),
    });
    for (const { id, reason } of skipped) {
      const text = `${id} was not imported: ${reason.replace(/\.$/, "")}`;
      if (await isOnRecord(id, catalog)) session.report.note(text);
      else session.report.warn(`${text}.`, "Ensure the model under the reference that you want.");
    }
    session.report.note(`${imported.length} imported, ${skipped.length} skipped`);
    if (session.json) session.out.line(JSON.stringify({ imported, skipped }));
    else for (const id of imported) session.out.line(id);
    return 0;
  },
});

/** Then there is nothing left to do. */
async function isOnRecord(id: string, catalog: CatalogStore): Promise<boolean> {
  try {
    await findEntry(catalog, id);
    return true;
  } catch (error) {
    if (isModelError(error, "MODEL_ABSENT") || isModelError(error, "REF_INVALID")) return false;
    throw error;
  }
}
