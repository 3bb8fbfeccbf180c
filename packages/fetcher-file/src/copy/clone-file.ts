import { constants } from "node:fs";
import { copyFile } from "node:fs/promises";
import { systemCode } from "@llama-orch/catalog-core";

/**
 * Makes a file that shares the blocks of another one until either is written (a reflink): at once, and in no space.
 * @param target where nothing is.
 * @returns `false` when it could not be done, and nothing was made. Mostly the file system has no such thing, or the two
 *   are on different ones. A real failure is not told from that: systems say both in many codes, and copying meets it
 *   again, and then knows which of the two files it is about.
 */
export async function cloneFile(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return false;
  }
}
