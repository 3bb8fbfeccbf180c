import fc from "fast-check";
import { expect, test } from "vitest";
import { playSequence, type Tally } from "./testing/store-model/play.ts";
import { sequence } from "./testing/store-model/sequences.ts";
import { openArena, Workers } from "./testing/store-model/workers.ts";
import { World } from "./testing/store-model/world.ts";

const seed = Number(process.env["MODEL_TEST_SEED"] ?? 20_261_122);
const runs = Number(process.env["MODEL_TEST_RUNS"] ?? 12);
const path = process.env["MODEL_TEST_PATH"];

// On Windows, a file that a process has open cannot be taken away, which the steps do.
test.skipIf(process.platform === "win32")(
  "processes on one cache",
  { timeout: 30_000 * runs },
  async ({ annotate }) => {
    using arena = openArena();
    await using workers = new Workers(3, arena);
    const tally: Tally = new Map();
    try {
      await fc.assert(
        fc.asyncProperty(sequence, async (steps) => {
          using world = await World.create(arena.folder);
          await playSequence(world, steps, { workers, tally });
        }),
        { seed, numRuns: runs, ...(path !== undefined && { path }) },
      );
    } finally {
      await annotate(JSON.stringify(Object.fromEntries(tally)));
    }
    expect(tally.size).toBeGreaterThan(0);
  },
);
