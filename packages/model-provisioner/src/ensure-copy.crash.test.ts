import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sha256 } from "./testing/files.ts";
import { assertSurvivesKills } from "./testing/survives-kills.ts";
import { assertSound, assertTidy, type Content, contentOf } from "./testing/sound-cache.ts";
import { type EnsureStep, ensureStep, takeStep } from "./testing/steps.ts";

const timeout = 120_000;
const weights = "0123456789".repeat(500);
const file: Content = { "model.gguf": weights };
const twin: Content = { "twin.gguf": weights };
const folder: Content = { "config.json": "{}", "parts/one": "1".repeat(3_000), "parts/two": "2" };
const sources: Content = { ...file, ...twin, ...below("folder", folder) };

describe.each(["full", "relaxed"] as const)(
  "%s: killed before any file system call of an ensure that copies, or in the middle of a write,",
  (durability) => {
    test(
      "a file is not there, or there whole; the next ensure succeeds, and garbage collection leaves no litter",
      { timeout },
      async () => {
        const step = { do: "ensure", reference: "model.gguf", durability } as const;
        await assertSurvivesKills({
          sources,
          step,
          verify: (root, doing) => verify(root, { step, content: file, doing }),
        });
      },
    );

    test(
      "a folder is not there, or there whole; the next ensure succeeds, and garbage collection leaves no litter",
      { timeout },
      async () => {
        const step = { do: "ensure", reference: "folder", durability } as const;
        await assertSurvivesKills({
          sources,
          step,
          verify: (root, doing) => verify(root, { step, content: folder, doing }),
        });
      },
    );
  },
);

test(
  "killed anywhere in an ensure of bytes that are here under another id: they are linked, or not, and that one keeps them",
  { timeout },
  async () => {
    const first = { do: "ensure", reference: "model.gguf", durability: "relaxed" } as const;
    // What was not waited for is brought to the disk on the way.
    const step = { do: "ensure", reference: "twin.gguf", digest: sha256(weights), durability: "full" } as const;
    await assertSurvivesKills({
      sources,
      before: [first],
      step,
      async verify(root, doing) {
        await verify(root, { step, content: twin, doing });
        const { localPath, report } = await ensureStep(root, first);
        const content = await readFile(localPath, "utf8");
        expect({ doing, cached: report.cached, content }).toEqual({ doing, cached: true, content: weights });
      },
    });
  },
);

interface Expected {
  readonly step: EnsureStep;
  readonly content: Content;
  readonly doing: string;
}

async function verify(root: string, { step, content, doing }: Expected): Promise<void> {
  const cacheDir = join(root, "cache");
  await assertSound(cacheDir, { versions: [file, twin, folder], doing });
  const { localPath } = await ensureStep(root, step);
  expect({ doing, content: await contentOf(localPath) }).toEqual({ doing, content });
  await takeStep(root, { do: "collect" });
  await assertSound(cacheDir, { versions: [file, twin, folder], doing });
  await assertTidy(cacheDir, doing);
}

function below(name: string, files: Content): Content {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${name}/${path}`, content]));
}
