import { join } from "node:path";
import { cacheLayout } from "../cache-layout.ts";
import { foundAt } from "../files-below.ts";
import { isNetworkFileSystem } from "./file-system.ts";
import { isKernelLockHeld } from "./kernel-lock.ts";

/**
 * How a lock would be found by whoever tried to take it now. Makes no file, and leaves the holder's note alone. Who tries
 * to take the lock at just this moment finds it busy, and tries again.
 */
export async function probeLock(cacheDir: string, name: string): Promise<"free" | "busy" | "unavailable"> {
  const path = join(cacheLayout(cacheDir).locks, `${name}.lock`);
  try {
    if (await isNetworkFileSystem(cacheDir)) return "unavailable";
    const found = await foundAt(path);
    if (found === undefined) return "free";
    if (found.type !== "file") return "unavailable";
    return isKernelLockHeld(path) ? "busy" : "free";
  } catch {
    return "unavailable";
  }
}
