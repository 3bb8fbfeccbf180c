import { hash, randomBytes } from "node:crypto";
import { link, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemCode } from "../errors/file-errors.ts";
import { writeAtomically } from "./atomic-write.ts";
import { catalogFailure } from "./catalog-failure.ts";
import type { CatalogLayout } from "./catalog-layout.ts";
import { makeDurableFolder, syncFolder } from "./durable-folder.ts";
import { type Damage, readDocument } from "./read-document.ts";

/**
 * Keeps what is damaged before something else takes its place. A document is copied, byte for byte, so that there is no
 * moment without a record: the caller renames the good one over it. What cannot be copied, a folder say, is moved.
 * @returns where it lies now; `undefined` if it is gone.
 * @throws ModelError `CATALOG_NO_SPACE`, `CATALOG_NOT_WRITABLE`, `CATALOG_DIR_INVALID`
 */
export async function keepDamaged(layout: CatalogLayout, damage: Damage): Promise<string | undefined> {
  if (damage.bytes === undefined) return moveDamaged(layout, damage);
  const kept = quarantinePath(layout, damage);
  await writeAtomically(layout.temporary, kept, damage.bytes);
  return kept;
}

/**
 * Moves what is damaged into the quarantine.
 *
 * Another process may put a good document in its place between our look and our rename, and no file system has a
 * "rename if it still is this file". So we rename first, and look at what we got. If it is not what was found damaged,
 * it goes back, without overwriting what may have been put there in turn. The good document is missing for the time of
 * three calls; should we be killed within them, it lies in the quarantine, whole.
 *
 * @returns where it lies now; `undefined` if it is gone.
 * @throws ModelError `CATALOG_NO_SPACE`, `CATALOG_NOT_WRITABLE`, `CATALOG_DIR_INVALID`
 */
export async function moveDamaged(layout: CatalogLayout, damage: Damage): Promise<string | undefined> {
  // A name of its own: a copy of the same content, kept by someone else, must not be replaced by what we may move.
  const moved = `${quarantinePath(layout, damage)}.${randomBytes(4).toString("hex")}`;
  try {
    await makeDurableFolder(layout.quarantine);
    await rename(damage.path, moved);
    const isDamage = await isDamaged(moved, damage);
    if (!isDamage) await putBack(moved, damage.path);
    await syncFolder(layout.quarantine);
    await syncFolder(dirname(damage.path));
    return isDamage ? moved : undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw catalogFailure(error, damage.path, "write");
  }
}

/** Copies are named by their content, so that keeping the same twice keeps it once. */
function quarantinePath(layout: CatalogLayout, { path, bytes }: Damage): string {
  const name = basename(path);
  return join(layout.quarantine, bytes === undefined ? name : `${name}.${hash("sha256", bytes).slice(0, 16)}`);
}

/** Damaged in itself, or the very document that was found to be in the wrong place. */
async function isDamaged(moved: string, damage: Damage): Promise<boolean> {
  const found = await readDocument(moved);
  if (found.status === "intact") return damage.bytes?.equals(found.bytes) ?? false;
  return found.status === "damaged";
}

async function putBack(moved: string, path: string): Promise<void> {
  try {
    await link(moved, path);
  } catch (error) {
    // Where there are no hard links (EPERM, ENOTSUP, …), a rename has to do: it may replace what was put there meanwhile.
    if (systemCode(error) !== "EEXIST") return rename(moved, path);
  }
  await unlink(moved);
}
