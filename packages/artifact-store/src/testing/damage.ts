import { chmod, open, rename, stat, truncate, utimes } from "node:fs/promises";
import { join } from "node:path";
import { bootId } from "@llama-orch/catalog-core";
import type { CacheLayout } from "../cache-layout.ts";

/** As after a restart of the machine: what was not waited for in this boot is of another one. */
export async function restartMachine({ unsynced }: CacheLayout, boot = "an-earlier-boot"): Promise<void> {
  await rename(join(unsynced, bootId()), join(unsynced, boot));
}

/** Changes a file of some size. */
export type Damage = (path: string, sizeBytes: number) => Promise<void>;

export const zerosInItsTail: Damage = async (path, sizeBytes) => {
  const file = await open(path, "r+");
  await file.write(Buffer.alloc(sizeBytes - 1), 0, sizeBytes - 1, 1);
  await file.close();
};

export const aHole: Damage = async (path, sizeBytes) => {
  await truncate(path, 1);
  await truncate(path, sizeBytes);
};

export const aByteLess: Damage = (path, sizeBytes) => truncate(path, sizeBytes - 1);

/** Changes a file in place, as a loss of power does: its name, its time and its permissions do not show it. */
export async function damageUnseen(path: string, damage: Damage): Promise<void> {
  const { size, mode, atime, mtime } = await stat(path);
  await chmod(path, 0o644);
  await damage(path, size);
  await chmod(path, mode);
  await utimes(path, atime, mtime);
}
