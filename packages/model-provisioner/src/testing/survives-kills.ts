import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, vi } from "vitest";
import { crashEverywhere } from "../../../../tools/crash-harness/src/index.ts";
import { placeFile } from "./files.ts";
import type { Content } from "./sound-cache.ts";
import { type Step, takeStep } from "./steps.ts";

const script = join(import.meta.dirname, "crash-step.ts");

export interface Killing {
  /** The files beside the cache, by their paths. */
  readonly sources: Content;
  /** What was done before, in peace. */
  readonly before?: readonly Step[];
  /** More that lies in the cache then. */
  readonly litter?: (root: string) => Promise<void>;
  readonly step: Step;
  /** Looks at what the killed process has left. */
  readonly verify: (root: string, doing: string) => Promise<void>;
}

/** Takes a step in a process that is killed before every file system call of it that changes something, or in the middle of a write. */
export async function assertSurvivesKills({ sources, before = [], litter, step, verify }: Killing): Promise<void> {
  const compiled = await temporaryFolder();
  // A hundred processes strip the same types once, and not a hundred times.
  vi.stubEnv("NODE_COMPILE_CACHE", compiled);
  // One thread makes the calls in the order in which they were asked for, so that they are the same at every run.
  vi.stubEnv("UV_THREADPOOL_SIZE", "1");
  try {
    const points = await crashEverywhere({
      script,
      args: [JSON.stringify(step)],
      async prepare() {
        const root = await temporaryFolder();
        await placeSources(root, sources);
        for (const each of before) await takeStep(root, each);
        await litter?.(root);
        return root;
      },
      verify: (root, { doing, torn }) => verify(root, `${torn ? "in the middle of" : "before"} ${doing}`),
    });
    expect(points.length).toBeGreaterThan(3);
  } finally {
    await rm(compiled, { recursive: true, force: true });
  }
}

/** Writes the files of models as they would lie there for long. */
export async function placeSources(root: string, sources: Content): Promise<void> {
  for (const [path, content] of Object.entries(sources)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await placeFile(root, path, content);
  }
}

async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), "model-provisioner-"));
}
