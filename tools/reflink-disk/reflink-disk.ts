import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Where Debian has what only root uses, which is not on everybody's path. */
const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

const run = (command: string, args: readonly string[]): Promise<unknown> => promisify(execFile)(command, args, { env });

/** A file system on which files can share their blocks. */
export interface ReflinkDisk extends AsyncDisposable {
  /** Absolute path of its root, empty at first. */
  readonly path: string;
}

/** The smallest that btrfs can be made on, with room for a few files. */
const sizeBytes = 256 * 1024 * 1024;

/**
 * A small btrfs in a file. It needs Linux, root and `mkfs.btrfs` (Debian: btrfs-progs).
 * @returns why there can be none here, otherwise. With `REQUIRE_REAL=1`, root who has no `mkfs.btrfs` gets an error.
 */
export async function openReflinkDisk(): Promise<ReflinkDisk | { readonly unavailable: string }> {
  if (process.platform !== "linux" || process.geteuid?.() !== 0) return { unavailable: "only root on Linux may mount" };
  const root = await mkdtemp(join(await realpath(tmpdir()), "reflink-disk-"));
  const [image, path] = [join(root, "image"), join(root, "disk")];
  try {
    await writeFile(image, "");
    await truncate(image, sizeBytes);
    await run("mkfs.btrfs", ["--quiet", image]);
    await mkdir(path);
    await run("mount", ["-o", "loop", image, path]);
  } catch (error) {
    await rm(root, { recursive: true });
    const reason = `no btrfs can be made here: ${error instanceof Error ? error.message : String(error)}`;
    if (process.env["REQUIRE_REAL"] === "1") throw new Error(reason, { cause: error });
    return { unavailable: reason };
  }
  return {
    path,
    async [Symbol.asyncDispose]() {
      await run("umount", [path]);
      await rm(root, { recursive: true });
    },
  };
}
