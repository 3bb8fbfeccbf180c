import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openIngest, setModelAside } from "@llama-orch/artifact-store";
import { describe, expect, test } from "vitest";
import { placeFile, sha256 } from "./testing/files.ts";
import { assertSurvivesKills } from "./testing/survives-kills.ts";
import { entriesOf } from "./testing/setting.ts";
import { assertSound, assertTidy, type Content } from "./testing/sound-cache.ts";
import { cacheOf, ensureStep, type Step, takeStep } from "./testing/steps.ts";

const timeout = 120_000;
const shared = "0123456789".repeat(500);
const kept: Content = { "kept.gguf": shared };
const gone: Content = { "config.json": "{}", "weights.gguf": shared, own: "of nobody else" };
const moved: Content = { "moved.gguf": "version 1" };
const sources: Content = {
  ...kept,
  "gone/config.json": "{}",
  "gone/weights.gguf": shared,
  "gone/own": "of nobody else",
  ...moved,
};
const versions = [kept, gone, moved, { "moved.gguf": "version 2" }];

const keep = { do: "ensure", reference: "kept.gguf" } as const;
const bring = { do: "ensure", reference: "gone", durability: "relaxed" } as const;
const remove = { do: "remove", reference: "gone" } as const;
const collect = { do: "collect" } as const;

describe("removeModel, killed before any file system call,", () => {
  test("done again, the model is gone, and what others share with it is not", { timeout }, async () => {
    await assertSurvivesKills({
      sources,
      before: [keep, bring],
      step: remove,
      verify: (root, doing) => assertEnd(root, { next: [remove, collect], doing, ids: ["kept.gguf"] }),
    });
  });

  test("or brought again, the model is there", { timeout }, async () => {
    await assertSurvivesKills({
      sources,
      before: [keep, bring],
      step: remove,
      verify: (root, doing) => assertEnd(root, { next: [bring, collect], doing, ids: ["gone", "kept.gguf"] }),
    });
  });
});

test(
  "collectGarbage, killed before any file system call: done again it ends as it would have, and Active models keep their very files",
  { timeout },
  async () => {
    await assertSurvivesKills({
      sources,
      before: [keep, bring, { do: "ensure", reference: "moved.gguf", durability: "relaxed" }],
      litter,
      step: { do: "collect", maxSizeBytes: 0 },
      verify: (root, doing) =>
        assertEnd(root, { next: [{ do: "collect", maxSizeBytes: 0 }], doing, ids: ["kept.gguf", "moved.gguf"] }),
    });
  },
);

interface End {
  /** What is done after the kill. */
  readonly next: readonly Step[];
  readonly doing: string;
  /** Of the models that are there in the end, how their ids end. */
  readonly ids: readonly string[];
}

async function assertEnd(root: string, { next, doing, ids }: End): Promise<void> {
  const cacheDir = join(root, "cache");
  await assertSound(cacheDir, { versions, doing, removed: "gone" });
  const { localPath } = await ensureStep(root, keep);
  const { ino } = await stat(localPath);
  for (const step of next) await takeStep(root, step);
  await assertSound(cacheDir, { versions, doing });
  await assertTidy(cacheDir, doing);
  const there = (await entriesOf(cacheOf(root))).map(({ id }) => ids.find((end) => id.endsWith(end)) ?? id);
  expect({ doing, there: there.toSorted(), ino: (await stat(localPath)).ino }).toEqual({ doing, there: ids, ino });
}

/** One of each kind of garbage. */
async function litter(root: string): Promise<void> {
  const catalog = cacheOf(root);
  const { cacheDir } = catalog;
  // A version that its model has left behind.
  await placeFile(root, "moved.gguf", "version 2");
  await takeStep(root, { do: "ensure", reference: "moved.gguf", refresh: true, durability: "relaxed" });
  // Content that was refused.
  await placeFile(root, "refused.gguf", "other bytes");
  await expect(
    takeStep(root, { do: "ensure", reference: "refused.gguf", digest: sha256("expected") }),
  ).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  // Arrivals of the dead, with a lock and without.
  for (const holdsLock of [true, false]) {
    const ingest = await openIngest(cacheDir, "mem:dead", { holdsLock });
    await writeFile((await ingest.target("part")).path, "half");
  }
  // What was damaged, and what was about to be deleted.
  await takeStep(root, { do: "ensure", reference: "refused.gguf", durability: "relaxed" });
  const damaged = (await entriesOf(catalog)).find(({ id }) => id.endsWith("refused.gguf"));
  if (damaged === undefined) throw new Error("it was ensured");
  await setModelAside(cacheDir, damaged);
  await catalog.delete(damaged.id);
  await mkdir(join(cacheDir, "ingest", "removed-0123456789abcdef"));
  await writeFile(join(cacheDir, "ingest", "removed-0123456789abcdef", "file"), "bytes");
  // A model that is not needed any more.
  for (const { id } of await entriesOf(catalog)) if (id.endsWith("gone")) await catalog.setState(id, "Retired");
}
