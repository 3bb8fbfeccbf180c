import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Mounted extends Disposable {
  readonly folder: string;
}

/** A small file system in memory at a folder, until it is disposed. */
export function mountAt(folder: string): Mounted {
  mkdirSync(folder, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,mode=0755", "tmpfs", folder], { stdio: "pipe" });
  return { folder, [Symbol.dispose]: () => void execFileSync("umount", [folder], { stdio: "pipe" }) };
}

/** Why there can be no second file system here; undefined where there can. */
export function whyNoMount(): string | undefined {
  if (process.platform !== "linux") return "tmpfs is Linux's";
  if (process.geteuid?.() !== 0) return "only root may mount";
  const folder = mkdtempSync(join(tmpdir(), "mount-"));
  try {
    mountAt(folder)[Symbol.dispose]();
    return undefined;
  } catch {
    return "nothing can be mounted here";
  } finally {
    rmSync(folder, { recursive: true });
  }
}
