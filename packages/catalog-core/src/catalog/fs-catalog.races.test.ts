import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { interceptFs } from "../../../../tools/crash-harness/src/index.ts";
import { FsCatalog } from "./fs-catalog.ts";
import { apply, type Content, contentOf, type Operation, perform } from "./testing/catalog-operations.ts";
import { scratchFolder } from "./testing/scratch-folder.ts";
import { withoutSync } from "./testing/without-sync.ts";

let syncAgain: () => void;
beforeAll(async () => {
  syncAgain = await withoutSync();
});
afterAll(() => syncAgain());

const put: Operation = { type: "put", version: "2", lifecycle: "Active" };
const putRetired: Operation = { type: "put", version: "3", lifecycle: "Retired" };
const retire: Operation = { type: "setState", lifecycle: "Retired" };
const activate: Operation = { type: "setState", lifecycle: "Active" };
const remove: Operation = { type: "delete" };
const get: Operation = { type: "get" };
const list: Operation = { type: "list" };
const repair: Operation = { type: "repair" };

/** What was there before: nothing; an entry; one that was retired apart from its entry, and so has a state document. */
const starts: readonly (readonly Operation[])[] = [[], [{ ...put, version: "1" }], [{ ...put, version: "1" }, retire]];

const slow: readonly Operation[] = [put, retire, remove, get, list, repair];
const quick: readonly (readonly Operation[])[] = [
  [put],
  [retire],
  [activate],
  [remove],
  [repair],
  [put, retire],
  [putRetired, activate],
  [retire, putRetired],
  [remove, put],
  [remove, putRetired, activate],
];

/**
 * One operation is stopped before each of its file system calls in turn, others run from beginning to end meanwhile, and
 * it goes on. Whatever comes out, its result included, must be what some order of the same operations, one after the other,
 * brings about, in which the others keep theirs: the slow one may come anywhere between.
 */
test.each(slow)("$type, overtaken anywhere, ends as if all had come one after the other", async (operation) => {
  const { scratch, beforeCall } = await interceptedFolder();
  let overtaken = 0;
  for (const start of starts) {
    for (const others of quick) {
      for (let call = 1, reached = true; reached; call += 1) {
        const cacheDir = join(scratch, "cache");
        for (const each of start) await perform(new FsCatalog(cacheDir), each);

        reached = false;
        beforeCall(call, async () => {
          reached = true;
          for (const other of others) await perform(new FsCatalog(cacheDir), other);
        });
        const result = await perform(new FsCatalog(cacheDir), operation);
        beforeCall(never, async () => {});
        const content = await contentOf(new FsCatalog(cacheDir));

        const context = `${describe(start)} | ${operation.type} stopped before call ${call} for ${describe(others)}`;
        expect(serialOutcomes(start, operation, others), context).toContainEqual({ result, content });
        await rm(cacheDir, { recursive: true, force: true });
        overtaken += 1;
      }
    }
  }
  expect(overtaken).toBeGreaterThan(100);
});

/** A folder, and a way to do something once, before the n-th of the calls below that folder from then on. */
async function interceptedFolder(): Promise<{
  readonly scratch: string;
  readonly beforeCall: (call: number, work: () => Promise<void>) => void;
}> {
  const scratch = await scratchFolder();
  let callsToGo = 0;
  let overtake = async (): Promise<void> => {};
  const restore = await interceptFs(scratch, ({ name }) => {
    if (onOpenFile.has(name)) return undefined;
    callsToGo -= 1;
    return callsToGo === 0 ? overtake() : undefined;
  });
  onTestFinished(restore);
  return {
    scratch,
    beforeCall: (call, work) => {
      callsToGo = call;
      overtake = work;
    },
  };
}

const never = 0;

/** Whoever has a file open is alone with it: documents are replaced, never written again. */
const onOpenFile: ReadonlySet<string> = new Set(["read", "sync", "writeFile"]);

interface Seen {
  readonly result: string;
  readonly content: Content;
}

function serialOutcomes(start: readonly Operation[], operation: Operation, others: readonly Operation[]): Seen[] {
  return [...others.keys(), others.length].map((position) => {
    let content: Content = "none";
    let result = "";
    for (const each of [...start, ...others.slice(0, position)]) content = apply(content, each).after;
    ({ after: content, result } = apply(content, operation));
    for (const each of others.slice(position)) content = apply(content, each).after;
    return { result, content };
  });
}

function describe(operations: readonly Operation[]): string {
  return operations.map((each) => Object.values(each).join(" ")).join(", ") || "nothing";
}
