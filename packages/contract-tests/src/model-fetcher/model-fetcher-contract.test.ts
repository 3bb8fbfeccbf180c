import type { FetchedArtifact, ModelFetcher } from "@llama-orch/catalog-core";
import { describe, expect, test } from "vitest";
import { abortFlaws } from "../testing/abort-flaws.ts";
import type { BrokenFetcher } from "../testing/broken-fetcher.ts";
import { errorFlaws } from "../testing/error-flaws.ts";
import { fetchFlaws } from "../testing/fetch-flaws.ts";
import { inPlaceSetup, inPlaceSupports } from "../testing/in-place-setup.ts";
import { memorySetup, memorySupports } from "../testing/memory-setup.ts";
import { planFlaws } from "../testing/plan-flaws.ts";
import { progressFlaws } from "../testing/progress-flaws.ts";
import { type ContractRun, runContract } from "../testing/run-contract.ts";
import { shapeFlaws } from "../testing/shape-flaws.ts";
import type { FetcherSetup } from "./fetcher-setup.ts";
import type { ModelFetcherSupports } from "./fetcher-supports.ts";
import { modelFetcherContract } from "./model-fetcher-contract.ts";

const flaws = [...shapeFlaws, ...planFlaws, ...fetchFlaws, ...progressFlaws, ...errorFlaws, ...abortFlaws];

describe("a fetcher that breaks the contract", () => {
  test.each(flaws)("is caught when it $flaw", async (flaw) => {
    const { failures } = await runOn((directory) => brokenSetup(flaw, directory), flaw.supports, flaw.caughtBy);
    expect([...failures.keys()].toSorted()).toEqual(flaw.caughtBy.toSorted());
  });

  test("is caught by every test of the suite: there is a flaw for each", async () => {
    const declared: readonly ModelFetcherSupports[] = [
      { normalize: true },
      { external: true, declaredDigests: false, inFlightDigests: false, revisions: false },
    ];
    const registered = declared.map((supports) => runOn(() => memorySetup(), supports, []));
    const all = (await Promise.all(registered)).flatMap(({ names }) => names);
    const meant = new Set(flaws.flatMap(({ caughtBy }) => caughtBy));
    expect(all.filter((name) => !meant.has(name))).toEqual([]);
  });
});

describe("a fetcher that uses models where they lie", () => {
  modelFetcherContract({ test, factory: (directory) => inPlaceSetup(directory), supports: inPlaceSupports });

  const named = "fetch names an absolute external path for an external plan, else none";
  const bytes = "fetch brings exactly the bytes";
  const counted = "fetch accounts for the bytes that moved and those that were there";
  test.each<{ flaw: string; caughtBy: readonly string[]; change: Partial<FetchedArtifact> }>([
    { flaw: "names a relative path", caughtBy: [named], change: { externalPath: "model.gguf" } },
    { flaw: "names another file", caughtBy: [bytes], change: { externalPath: import.meta.filename } },
    { flaw: "counts bytes as moved that stay", caughtBy: [counted], change: { movedBytes: 4 } },
  ])("is caught when it $flaw", async ({ caughtBy, change }) => {
    const wrap = (sound: ModelFetcher): ModelFetcher => ({
      ...sound,
      fetch: async (plan, ingest, context) => ({ ...(await sound.fetch(plan, ingest, context)), ...change }),
    });
    const { failures } = await runContract(
      (register) =>
        modelFetcherContract({
          test: register,
          factory: (directory) => inPlaceSetup(directory, wrap),
          supports: inPlaceSupports,
        }),
      caughtBy,
    );
    expect([...failures.keys()]).toEqual(caughtBy);
  });
});

describe("a case that is missing", () => {
  test("is named, with what to declare instead", async () => {
    const { fetcher, cases } = memorySetup();
    const { present, missing } = cases;
    const { failures } = await runOn(() => ({ fetcher, cases: { present, missing } }), { normalize: true });
    const messages = new Set([...failures.values()].map((error) => (error instanceof Error ? error.message : error)));
    expect(messages).toEqual(
      new Set(
        [
          ["locators", "normalize"],
          ["directory", "directories"],
          ["change", "changes"],
          ["unsupported", "unsupported"],
          ["secret", "secrets"],
          ["slow", "midFetchAbort"],
        ].map(([name, flag]) => `The factory gave no cases.${name}: give it, or declare supports.${flag} false.`),
      ),
    );
  });
});

function brokenSetup({ change, cases }: BrokenFetcher, directory: string): FetcherSetup {
  const setup = memorySetup((sound) => Object.assign({ ...sound }, change(sound, directory)));
  return { ...setup, cases: { ...setup.cases, ...cases } };
}

async function runOn(
  factory: (directory: string) => FetcherSetup,
  supports: ModelFetcherSupports = {},
  only?: readonly string[],
): Promise<ContractRun> {
  return runContract(
    (register) =>
      modelFetcherContract({
        test: register,
        factory,
        supports: { ...memorySupports, ...supports },
        // Only fetchers that never give up wait for it.
        abortDeadlineMs: 100,
      }),
    only,
  );
}
