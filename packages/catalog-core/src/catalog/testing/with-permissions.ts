import { chmod, readdir } from "node:fs/promises";
import { join } from "node:path";
import { asPlainUser } from "../../../../../tools/plain-user/as-plain-user.ts";

/** All folders below and the folder itself have this mode, and this process is a user to whom it applies. */
export async function withPermissions(folder: string, mode: number, work: () => Promise<void>): Promise<void> {
  const folders = [folder, ...(await foldersBelow(folder))];
  for (const each of folders) await chmod(each, mode);
  try {
    await asPlainUser(work);
  } finally {
    for (const each of folders) await chmod(each, 0o755);
  }
}

async function foldersBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}
