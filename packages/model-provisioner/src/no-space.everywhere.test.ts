import { join } from "node:path";
import { isModelError } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { interceptFs } from "../../../tools/crash-harness/src/index.ts";
import { sha256 } from "./testing/files.ts";
import { assertGivenBack, type Before, openSmallCache, type SmallCache } from "./testing/small-cache.ts";
import { whyNoMount } from "../../../tools/small-disk/small-disk.ts";
import { assertSound, assertTidy, type Content, contentOf } from "./testing/sound-cache.ts";
import { type EnsureStep, ensureStep, type Step, takeStep } from "./testing/steps.ts";
import { placeSources } from "./testing/survives-kills.ts";

const noMount = await whyNoMount();

const weights = "0123456789".repeat(5_000);
const file: Content = { "model.gguf": weights };
const newVersion: Content = { "model.gguf": "abcdefghij".repeat(5_000) };
const twin: Content = { "twin.gguf": weights };
const folder: Content = { "config.json": "{}", "parts/one": "1".repeat(30_000), "parts/two": "2" };
const versions = [file, newVersion, twin, folder];
const sources: Content = {
  ...file,
  ...twin,
  ...Object.fromEntries(Object.entries(folder).map(([path, content]) => [`folder/${path}`, content])),
};

interface Filling {
  /** What was done before, while there was room. */
  readonly before?: readonly Step[];
  /** The files that have changed since. */
  readonly changed?: Content;
  readonly step: EnsureStep;
}

const ensures: Readonly<Record<string, Filling>> = {
  "a file, full": { step: { do: "ensure", reference: "model.gguf", durability: "full" } },
  "a file, relaxed": { step: { do: "ensure", reference: "model.gguf", durability: "relaxed" } },
  "a folder, full": { step: { do: "ensure", reference: "folder", durability: "full" } },
  "a folder, relaxed": { step: { do: "ensure", reference: "folder", durability: "relaxed" } },
  "bytes that are here under another id": {
    before: [{ do: "ensure", reference: "model.gguf", durability: "relaxed" }],
    step: { do: "ensure", reference: "twin.gguf", digest: sha256(weights), durability: "full" },
  },
  "a new version of a model": {
    before: [{ do: "ensure", reference: "model.gguf" }],
    changed: newVersion,
    step: { do: "ensure", reference: "model.gguf", refresh: true },
  },
};

describe("an ensure that finds the disk full from one of its file system calls on, for each that changes something:", () => {
  test.for(Object.entries(ensures))(
    "%s: it succeeds, or says so and takes no room; given room, the next one succeeds",
    { timeout: 60_000 },
    async ([, filling], { skip }) => {
      skip(noMount !== undefined, noMount);
      let call = 1;
      while (await fillAt(call, filling)) call += 1;
      expect(call).toBeGreaterThan(10);
    },
  );
});

/** @returns whether there is such a call. */
async function fillAt(call: number, { before = [], changed = {}, step }: Filling): Promise<boolean> {
  await using cache = await openSmallCache(sources);
  const { root, disk } = cache;
  for (const each of before) await takeStep(root, each);
  await placeSources(root, changed);
  const freeBytes = disk.freeBytes();
  let calls = 0;
  let doing: string | undefined;
  const stop = await interceptFs(disk.folder, ({ name, path, changes }) => {
    if (changes) calls += 1;
    if (!changes || calls !== call) return undefined;
    doing = `${call} ${name} ${path}`;
    disk.fill();
    return undefined;
  });
  const [ended] = await Promise.allSettled([ensureStep(root, step)]);
  stop();
  disk.giveBack();
  if (ended.status === "rejected")
    await assertRefused(cache, ended.reason, { freeBytes, entries: before.length, doing });
  if (doing === undefined) return false;
  await assertSound(disk.folder, { versions, doing });
  const { localPath } = await ensureStep(root, step);
  const content = await contentOf(localPath);
  expect({ doing, content }).toEqual({ doing, content: await contentOf(join(root, step.reference)) });
  await takeStep(root, { do: "collect" });
  await assertSound(disk.folder, { versions, doing });
  await assertTidy(disk.folder, doing);
  return true;
}

async function assertRefused(cache: SmallCache, error: unknown, before: Before): Promise<void> {
  const { doing } = before;
  const { code, category, facts } = isModelError(error) ? error : { code: error, category: "none", facts: {} };
  expect({ doing, code, category }).toEqual({ doing: expect.any(String), code, category: "no-space" });
  // The catalog knows nothing of what its records are about.
  const figures = code === "CATALOG_NO_SPACE" ? {} : { neededBytes: expect.any(Number), freeBytes: expect.any(Number) };
  expect({ doing, ...facts }).toMatchObject({ doing, ...figures });
  await assertGivenBack(cache, before);
}
