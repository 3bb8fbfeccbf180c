import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The etags of the files that an attempt has taken over from earlier ones, by path. */
export type TakenFiles = Readonly<Record<string, string>>;

const fileName = "taken.json";

/** @returns nothing for a list that is not there, or torn: then nothing vouches for those files. */
export async function readTaken(root: string): Promise<TakenFiles> {
  try {
    const read: unknown = JSON.parse(await readFile(join(root, fileName), "utf8"));
    if (typeof read !== "object" || read === null) return {};
    return Object.fromEntries(
      Object.entries(read).filter((pair): pair is [string, string] => typeof pair[1] === "string"),
    );
  } catch {
    return {};
  }
}

export async function writeTaken(root: string, taken: TakenFiles): Promise<void> {
  if (Object.keys(taken).length > 0) await writeFile(join(root, fileName), JSON.stringify(taken));
}
