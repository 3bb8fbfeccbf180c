import { rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./run-command.ts";

/**
 * The same start for each of them, where `sizeMb` are written. What the one before has left to the file system is done now:
 * where a disk discards, one commit after the removal of 1 GiB takes some 350 ms; the second call waits for what the first has
 * set going. And the memory for a page cache of that size is at hand: where a virtual machine gives free memory back to its
 * host, whoever needs it next waits for up to two seconds. What is written and removed here leaves just such memory, and never
 * reaches the disk.
 */
export async function evenStart(folder: string, sizeMb: number): Promise<void> {
  run("sync", []);
  run("sync", []);
  const file = join(folder, "page-cache");
  for (let round = 0; round < 2; round += 1) {
    run("dd", ["if=/dev/zero", `of=${file}`, "bs=1M", `count=${Math.ceil(1.25 * sizeMb)}`]);
    await rm(file);
  }
}
