import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { bootId, FsCatalog } from "@llama-orch/catalog-core";
import type { Seen, SeenFile } from "./look.ts";
import type { DamageStep, HandDamage, Loss, RestartStep } from "./steps.ts";
import type { World } from "./world.ts";

/** Plays a loss of power: what was not synced may be damaged, and another boot begins. */
export async function restart(world: World, { losses }: RestartStep): Promise<void> {
  const atRisk = filesAtRisk(world.seen).filter(({ inode }) => !world.synced.has(inode));
  for (const [index, { path }] of atRisk.entries())
    lose(join(world.cacheDir, path), losses[index % losses.length] ?? "none");
  world.boot += 1;
  const boot = `00000000-0000-4000-8000-${String(world.boot).padStart(12, "0")}`;
  const unsynced = join(world.cacheDir, "blobs", "unsynced");
  renameIfThere(join(unsynced, bootId()), join(unsynced, boot));
  const catalog = new FsCatalog(world.cacheDir);
  for (const entry of world.seen.entries.values()) {
    if (entry.unsyncedBoot === bootId()) await catalog.put({ ...entry, unsyncedBoot: boot });
  }
  // What has survived is on the disk.
  for (const { inode } of world.seen.files.values()) world.synced.add(inode);
}

/** Size (but for one) and time stay as they were. */
function lose(path: string, kind: Loss): void {
  if (kind === "none") return;
  const stats = statSync(path);
  const half = Math.floor(stats.size / 2);
  if (kind === "gone") return rmSync(path);
  withFile(path, (descriptor) => {
    if (kind === "zeros in the tail")
      writeSync(descriptor, Buffer.alloc(stats.size - half), 0, stats.size - half, half);
    if (kind === "a hole") writeSync(descriptor, Buffer.alloc(100), 0, 100, half);
    if (kind === "short") ftruncateSync(descriptor, half);
  });
  utimesSync(path, stats.atime, stats.mtime);
}

function withFile(path: string, work: (descriptor: number) => void): void {
  const descriptor = openSync(path, "r+");
  try {
    work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Does by hand what shows in a file's size, time or place. */
export function damage(world: World, { pick, kind }: DamageStep): void {
  if (kind === "litter deleted") {
    for (const folder of ["ingest", "damaged"]) rmSync(join(world.cacheDir, folder), { recursive: true, force: true });
    return;
  }
  const file = pickFrom(
    contentFiles(world.seen),
    pick,
    ({ path }) => kind !== "model folder deleted" || path.startsWith("models/"),
  );
  if (file === undefined) return;
  const path = join(world.cacheDir, file.path);
  if (kind === "model folder deleted")
    return rmSync(join(world.cacheDir, ...file.path.split("/").slice(0, 2)), { recursive: true });
  damageFile(path, kind, world.nextSecond());
  // A file that a person has put there was put there long before the power fails.
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (now !== undefined && now.ino !== file.inode) world.synced.add(now.ino);
}

function damageFile(path: string, kind: HandDamage, clock: number): void {
  switch (kind) {
    case "overwritten":
      withFile(path, (descriptor) => writeSync(descriptor, `by hand ${clock}`, 10));
      break;
    case "longer":
      appendFileSync(path, `by hand ${clock}`);
      break;
    case "shorter":
      truncateSync(path, Math.floor(statSync(path).size / 2));
      break;
    case "replaced by other bytes":
      replace(path, Buffer.alloc(statSync(path).size, `by hand ${clock}`));
      break;
    case "replaced by the same bytes":
      replace(path, readFileSync(path));
      break;
    case "deleted":
      return rmSync(path);
    case "touched":
    case "model folder deleted":
    case "litter deleted":
  }
  utimesSync(path, clock, clock);
}

function replace(path: string, bytes: Buffer): void {
  const { uid, gid } = statSync(path);
  const beside = `${path}.new`;
  writeFileSync(beside, bytes);
  chownSync(beside, uid, gid);
  chmodSync(beside, 0o444);
  renameSync(beside, path);
}

/** What models are made of, under all of its names, and the files with their ids. */
function filesAtRisk({ files }: Seen): readonly SeenFile[] {
  return [...files.values()].filter(({ path }) => /^(?:models|blobs)\//.test(path));
}

function contentFiles(seen: Seen): readonly SeenFile[] {
  return filesAtRisk(seen).filter(({ path }) => !path.endsWith("/.id"));
}

function pickFrom<T>(all: readonly T[], pick: number, isFit: (one: T) => boolean): T | undefined {
  const fit = all.filter(isFit);
  return fit[pick % fit.length];
}

function renameIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to);
}
