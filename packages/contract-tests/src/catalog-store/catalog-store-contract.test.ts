import type { CatalogStore } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { instanceFlaws, sharedCatalog } from "../testing/instance-flaws.ts";
import { listFlaws } from "../testing/list-flaws.ts";
import { MapCatalog } from "../testing/map-catalog.ts";
import { raceFlaws } from "../testing/race-flaws.ts";
import { recordFlaws } from "../testing/record-flaws.ts";
import { type ContractRun, runContract } from "../testing/run-contract.ts";
import { validationFlaws } from "../testing/validation-flaws.ts";
import { catalogStoreContract, type CatalogStoreSupports } from "./catalog-store-contract.ts";

const flaws = [...recordFlaws, ...validationFlaws, ...listFlaws, ...raceFlaws, ...instanceFlaws];

describe("a store that breaks the contract", () => {
  test.each(flaws)("is caught when it $flaw", async ({ make, caughtBy, supports }) => {
    const { failures } = await runOn(make, { supports, only: caughtBy });
    expect([...failures.keys()].toSorted()).toEqual(caughtBy.toSorted());
  });

  test("is caught by every test of the suite: there is a flaw for each", async () => {
    const registered = [{}, { persistent: false }].map((supports) => runOn(soundCatalog, { supports, only: [] }));
    const all = (await Promise.all(registered)).flatMap(({ names }) => names);
    const meant = new Set(flaws.flatMap(({ caughtBy }) => caughtBy));
    expect(all.filter((name) => !meant.has(name))).toEqual([]);
  });
});

describe("a store that keeps the contract", () => {
  test("passes without persistence", async () => {
    expect((await runOn(soundCatalog)).failures).toEqual(new Map());
  });

  test("passes with persistence and many instances", async () => {
    expect((await runOn(sharedCatalog, { supports: {} })).failures).toEqual(new Map());
  });

  test("passes when it refuses a second instance, as declared", async () => {
    const open = new Set<string>();
    const { failures } = await runContract((register) =>
      catalogStoreContract({
        test: register,
        factory: (cacheDir) => {
          if (open.has(cacheDir)) throw new Error("opened already");
          open.add(cacheDir);
          return sharedCatalog(cacheDir);
        },
        teardown: ({ cacheDir }) => void open.delete(cacheDir),
        supports: { multiInstance: false },
      }),
    );
    expect(failures).toEqual(new Map());
    expect(open.size).toBe(0);
  });
});

function soundCatalog(cacheDir: string): CatalogStore {
  return new MapCatalog(cacheDir);
}

async function runOn(
  factory: (cacheDir: string) => CatalogStore,
  { supports = { persistent: false }, only }: RunOptions = {},
): Promise<ContractRun> {
  return runContract((register) => catalogStoreContract({ test: register, factory, supports }), only);
}

interface RunOptions {
  readonly supports?: CatalogStoreSupports | undefined;
  readonly only?: readonly string[];
}
