// One process of the model-based test: `node store-worker.ts ARENA SYNC_LOG`. Does what it is told over IPC, one order at a
// time, with caches below ARENA, and tells what came of it. Each file or folder there that it syncs or writes to is noted
// in SYNC_LOG, which lies elsewhere.
import { appendFileSync, lstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type FsCall, interceptFs } from "../../../../tools/crash-harness/src/index.ts";
import { perform } from "./store-model/perform.ts";
import { ensureOf, type Kill, type Order } from "./store-model/operations.ts";
import { initialVersions } from "./store-model/sources.ts";

const [arena = "", syncLog = ""] = process.argv.slice(2);

let kill: Kill | undefined;
let changes = 0;
let random: (() => number) | undefined;
/** Calls that are this file's own. */
let isOwn = false;

await warmUp();

await interceptFs(arena, (call) => {
  if (isOwn) return undefined;
  // Before it has happened: what is cut short by a kill counts as synced, which plays less damage than there could be.
  if (["sync", "datasync"].includes(call.name)) note("synced", call.path);
  if (["write", "writeFile", "truncate"].includes(call.name)) note("written", call.path);
  if (call.changes && kill !== undefined) countDown(kill, call);
  const draw = random?.() ?? 1;
  return draw < 0.3 ? sleep(draw * 10) : undefined;
});

function note(what: "synced" | "written", path: string): void {
  isOwn = true;
  const stats = lstatSync(join(arena, path), { bigint: true, throwIfNoEntry: false });
  isOwn = false;
  if (stats !== undefined) appendFileSync(syncLog, `${what} ${stats.ino}\n`);
}

function countDown({ atChange, torn }: Kill, { tear }: FsCall): void {
  changes += 1;
  if (changes !== atChange) return;
  isOwn = true;
  if (torn) tear?.();
  process.kill(process.pid, "SIGKILL");
}

process.on("message", (order: Order) => {
  [kill, changes, random] = [order.kill, 0, order.jitter === undefined ? undefined : generator(order.jitter)];
  void perform(order).then((outcome) => {
    [kill, random] = [undefined, undefined];
    process.send?.(outcome);
  });
});
process.on("disconnect", () => process.exit());
// As somebody to whom permissions mean something.
if (process.geteuid?.() === 0) {
  process.setegid?.(65_534);
  process.seteuid?.(65_534);
}
process.send?.("ready");

/** One ensure from end to end, so that all is loaded that is loaded late: the workspace may lie where only root can read. */
async function warmUp(): Promise<void> {
  const cacheDir = await mkdtemp(join(arena, "warm-up-"));
  const operation = ensureOf("one", { durability: "relaxed" });
  const state = { versions: initialVersions, boot: 0 };
  const outcome = await perform({ operation, cacheDir, sources: arena, state });
  if (outcome.came !== "ensured") throw new Error(`The worker cannot work: ${JSON.stringify(outcome)}`);
  await rm(cacheDir, { recursive: true });
}

/** Numbers from 0 to 1 that follow from the seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
