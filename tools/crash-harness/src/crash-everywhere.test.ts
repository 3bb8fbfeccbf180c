import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crashEverywhere, type CrashPoint, traceCalls } from "./crash-everywhere.ts";

const everyInterface = join(import.meta.dirname, "testing", "every-interface.ts");
const failing = join(import.meta.dirname, "testing", "failing.ts");

async function prepare(): Promise<string> {
  return mkdtemp(join(tmpdir(), "crash-harness-"));
}

async function verify(): Promise<void> {}

test("a program is killed before each call that changes something, and in the middle of each write", async () => {
  const left = new Map<string, string>();
  const points = await crashEverywhere({
    script: everyInterface,
    prepare,
    verify: async (root, point) => void left.set(label(point), await describe(root)),
  });

  expect(points.map((point) => `${label(point)}: ${left.get(label(point))}`)).toEqual([
    "1 mkdir made: ",
    "2 open made/handle: made/",
    "3 writeFile made/handle: made/ made/handle=",
    "3 writeFile made/handle, torn: made/ made/handle=01234",
    "4 rename renamed: made/ made/handle=0123456789",
    "5 open sync: made/ renamed=0123456789",
    "6 write sync: made/ renamed=0123456789 sync=",
    "6 write sync, torn: made/ renamed=0123456789 sync=01234",
    "7 open stream: made/ renamed=0123456789 sync=0123456789",
    "8 write stream: made/ renamed=0123456789 stream= sync=0123456789",
    "8 write stream, torn: made/ renamed=0123456789 stream=01234 sync=0123456789",
    "9 unlink sync: made/ renamed=0123456789 stream=0123456789 sync=0123456789",
  ]);
});

test("a trace has the calls that change nothing too", async () => {
  const calls = await traceCalls({ script: everyInterface, prepare, verify });
  expect(calls.slice(2, 6).map(({ name, changes }) => `${name}${changes ? " changes" : ""}`)).toEqual([
    "writeFile changes",
    "sync",
    "rename changes",
    "readFile",
  ]);
});

test("a program that fails by itself is not taken for a killed one", async () => {
  await expect(crashEverywhere({ script: failing, prepare, verify })).rejects.toThrow("failed on its own");
});

function label({ call, doing, torn }: CrashPoint): string {
  return `${call} ${doing.replaceAll("\\", "/")}${torn ? ", torn" : ""}`;
}

async function describe(root: string): Promise<string> {
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const lines = found.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(root.length + 1).replaceAll("\\", "/");
    return entry.isDirectory() ? `${shown}/` : `${shown}=${await readFile(path, "utf8")}`;
  });
  return (await Promise.all(lines)).toSorted().join(" ");
}
