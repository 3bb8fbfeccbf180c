import type { CatalogStore } from "@llama-orch/catalog-core";
import { mapInLanes } from "../map-in-lanes.ts";
import { readIdFile } from "../publish/id-file.ts";
import { askCatalog } from "../survey/ask-catalog.ts";
import type { References } from "../survey/references.ts";
import type { Survey } from "../survey/survey-cache.ts";

const lanes = 8;

/** Models whose folders are here and whose records cannot be read: ids by path. A listing of the catalog leaves them out. */
export async function unreadableModels(
  catalog: CatalogStore,
  survey: Survey,
  references: References,
): Promise<ReadonlyMap<string, string>> {
  const unlisted = survey.models.filter(({ hasIdFile, path }) => hasIdFile && references.usersOf(path).length === 0);
  const found = await mapInLanes(unlisted, lanes, async ({ path }): Promise<readonly (readonly [string, string])[]> => {
    const id = await readIdFile(path);
    const isUnreadable = id !== undefined && (await askCatalog(catalog, id)).status === "unreadable";
    return isUnreadable ? [[path, id]] : [];
  });
  return new Map(found.flat());
}
