import { readFile, rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { systemCode } from "@llama-orch/catalog-core";
import { modelFolderName } from "../cache-layout.ts";

/** In a model's folder, beside its versions: the id, for people, and for whoever finds the folder without a record of it. */
const name = ".id";

/**
 * Written before anything else is in the folder, in one step: half of it would be the id of another model.
 * @param workshop a private folder on the same file system.
 */
export async function writeIdFile(folder: string, id: string, workshop: string): Promise<void> {
  if ((await readIdFile(folder)) === id) return;
  const temporary = join(workshop, "id");
  await writeFile(temporary, `${id}\n`);
  await rename(temporary, join(folder, name));
}

export function isIdFile(path: string): boolean {
  return basename(path) === name;
}

/** The id of a model's folder; undefined if it does not say, or says one that belongs to another folder. */
export async function readIdFile(folder: string): Promise<string | undefined> {
  try {
    const id = (await readFile(join(folder, name), "utf8")).replace(/\n$/, "");
    return basename(folder) === modelFolderName(id) ? id : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
}
