import fs from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRoot } from "./as-root.ts";

// As they are now: a test may have put a gate before the calls that others make.
const { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } = fs;

/** A file system of few bytes and few names, in memory. Its methods are synchronous, for callbacks in the midst of things. */
export interface SmallDisk extends AsyncDisposable {
  /** Absolute path; empty but for what fills it. */
  readonly folder: string;
  /** Leaves no room for a byte, a file or a folder. */
  fill(): void;
  /** Gives back what `fill` has taken, if it has. */
  giveBack(): void;
  /** Bytes that are free. */
  freeBytes(): number;
  /** Bytes that the smallest file takes. */
  readonly blockBytes: number;
}

/** Mounts one at a folder. @throws where `whyNoMount` says why */
export async function mountSmallDisk(folder: string, size = "1m"): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  await asRoot("mount", ["-t", "tmpfs", "-o", `size=${size},nr_inodes=120,mode=0777`, "tmpfs", folder]);
  const filler = join(folder, "filler");
  const blockBytes = statfsSync(folder).bsize;
  return {
    folder,
    fill() {
      mkdirSync(filler);
      const file = openSync(join(filler, "bytes"), "w");
      for (const bytes of [64 * 1024, 1]) untilFull(() => writeSync(file, Buffer.alloc(bytes)));
      closeSync(file);
      let name = 0;
      untilFull(() => closeSync(openSync(join(filler, String((name += 1))), "w")));
    },
    giveBack() {
      rmSync(filler, { recursive: true, force: true });
    },
    freeBytes: () => statfsSync(folder).bfree * blockBytes,
    blockBytes,
    [Symbol.asyncDispose]: () => asRoot("umount", [folder]),
  };
}

function untilFull(write: () => void): void {
  for (;;) {
    try {
      write();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") return;
      throw error;
    }
  }
}

/** Why there can be no small disk here; undefined where there can. */
export async function whyNoMount(): Promise<string | undefined> {
  if (process.platform !== "linux") return "a tmpfs can be mounted on Linux alone";
  const folder = await mkdtemp(join(tmpdir(), "mount-"));
  try {
    await (await mountSmallDisk(folder))[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    return `nothing can be mounted here: ${String(error)}`;
  } finally {
    await rm(folder, { recursive: true });
  }
}
