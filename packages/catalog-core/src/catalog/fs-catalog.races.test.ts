import { rm } from "node:fs/promises";
import { extname, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type FsCall, interceptFs } from "../../../../tools/crash-harness/src/index.ts";
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

const slowOnes: readonly Operation[] = [put, retire, remove, get, list, repair];
const quick: readonly (readonly Operation[])[] = [
  [get],
  [put],
  [retire],
  [remove],
  [repair],
  [put, retire],
  [retire, putRetired],
  [remove, putRetired, activate],
];

/**
 * One operation is stopped before each of its file system calls in turn, others run from beginning to end meanwhile, and
 * it goes on. Whatever comes out, its result included, must be what some order of the same operations, one after the other,
 * brings about, in which the others keep theirs: the slow one may come anywhere between.
 */
test.each(slowOnes)("$type, overtaken anywhere, ends as if all had come one after the other", async (operation) => {
  const { scratch, beforeCall } = await interceptedFolder();
  let overtaken = 0;
  for (const start of starts) {
    for (const others of quick) {
      for (let call = 1; ; call += 1) {
        const cacheDir = join(scratch, "cache");
        await rm(cacheDir, { recursive: true, force: true });
        for (const each of start) await perform(new FsCatalog(cacheDir), each);

        let reached = false;
        const results: string[] = [];
        beforeCall(call, async () => {
          reached = true;
          for (const other of others) results.push(await perform(new FsCatalog(cacheDir), other));
        });
        results.unshift(await perform(new FsCatalog(cacheDir), operation));
        beforeCall(never, async () => {});
        if (!reached) break;

        const content = await contentOf(new FsCatalog(cacheDir));
        expect(
          serialOutcomes(start, operation, others),
          `${describe(start)} | ${operation.type} stopped before call ${call} for ${describe(others)}`,
        ).toContainEqual({ results, content });
        overtaken += 1;
      }
    }
  }
  expect(overtaken).toBeGreaterThan(40);
});

/** A folder, and a way to do something once, before the n-th of the calls below that folder from then on. */
async function interceptedFolder(): Promise<{
  readonly scratch: string;
  readonly beforeCall: (call: number, work: () => Promise<void>) => void;
}> {
  const scratch = await scratchFolder();
  let callsToGo = 0;
  let overtake = async (): Promise<void> => {};
  const restore = await interceptFs(scratch, (call) => {
    if (isPrivate(call)) return undefined;
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

/**
 * Calls that no other process can notice, nor be noticed by: those on an open file (documents are replaced, never written
 * again), and those that look for a folder or sync it (folders of the catalog are made, never removed).
 */
function isPrivate({ name, path }: FsCall): boolean {
  if (name === "read" || name === "sync" || name === "writeFile") return true;
  return (name === "open" || name === "stat") && extname(path) === "";
}

/** What comes out: the results of the slow operation and of the others, and what the catalog has in the end. */
interface Outcome {
  readonly results: readonly string[];
  readonly content: Content;
}

function serialOutcomes(
  start: readonly Operation[],
  slow: Operation,
  others: readonly Operation[],
): readonly Outcome[] {
  return [...others.keys(), others.length].map((position) => {
    const before = inOrder("none", start).content;
    const first = inOrder(before, others.slice(0, position));
    const { after, result } = apply(first.content, slow);
    const last = inOrder(after, others.slice(position));
    return { results: [result, ...first.results, ...last.results], content: last.content };
  });
}

function inOrder(before: Content, operations: readonly Operation[]): Outcome {
  return operations.reduce<Outcome>(
    ({ results, content }, operation) => {
      const { after, result } = apply(content, operation);
      return { results: [...results, result], content: after };
    },
    { results: [], content: before },
  );
}

function describe(operations: readonly Operation[]): string {
  return operations.map((each) => Object.values(each).join(" ")).join(", ") || "nothing";
}
