import assert from "node:assert/strict";
import { type ModelRef, schemeOf } from "@llama-orch/catalog-core";
import { departuresOf } from "./departures.ts";
import { deliver, type FetcherBench, type FetcherTests, needed } from "./fetcher-bench.ts";
import type { FetcherCases } from "./fetcher-setup.ts";
import type { DeclaredSupports, ModelFetcherSupports } from "./fetcher-supports.ts";

/** What a fetcher says of itself. */
export function shapeCases(supports: DeclaredSupports): FetcherTests {
  return {
    ...commonCases,
    ...(supports.network ? {} : localCases),
    ...(supports.normalize ? normalizeCases : literalCases),
  };
}

const commonCases: FetcherTests = {
  "name and version are given": async ({ fetcher }) => {
    assert.match(fetcher.name, /\S/);
    assert.match(fetcher.version, /\S/);
  },

  "schemes are lower-case, at least one, none twice": async ({ fetcher }) => {
    assert.notEqual(fetcher.schemes.length, 0);
    for (const scheme of fetcher.schemes) assert.match(scheme, /^[a-z][a-z0-9+.-]*$/);
    assert.equal(new Set(fetcher.schemes).size, fetcher.schemes.length);
  },

  "the references it brings are of its schemes": async ({ fetcher, cases }) => {
    const { present, missing, directory } = cases;
    for (const ref of [present.ref, missing.ref, ...(directory === undefined ? [] : [directory.ref])]) {
      assert.ok(fetcher.schemes.includes(schemeOf(ref)), `${schemeOf(ref)} is not among ${fetcher.schemes.join()}`);
    }
  },

  "network is what was declared": async ({ fetcher, rules }) => {
    assert.equal(fetcher.network, rules.supports.network);
  },

  "no case is given for what was declared absent": async ({ cases, rules }) => {
    const given = Object.entries(capabilityOf).filter(
      ([name, capability]) => Object.hasOwn(cases, name) && !rules.supports[capability],
    );
    assert.deepStrictEqual(given, []);
  },
};

const capabilityOf: Readonly<Partial<Record<keyof FetcherCases, keyof ModelFetcherSupports>>> = {
  directory: "directories",
  unsupported: "unsupported",
  slow: "midFetchAbort",
  change: "changes",
  secret: "secrets",
  locators: "normalize",
};

/** `network: false` */
const localCases: FetcherTests = {
  "opens no socket, resolves no name and starts no process, as declared": async (bench) => {
    assert.deepStrictEqual(await departuresOf(() => deliver(bench, bench.cases.present.ref)), []);
    assert.deepStrictEqual(await departuresOf(() => deliver(bench, bench.cases.missing.ref).catch(() => {})), []);
  },
};

/** `normalize: true` */
const normalizeCases: FetcherTests = {
  "normalizing twice changes nothing": async (bench) => {
    const given = needed(bench.cases.locators, "locators", "normalize");
    for (const locator of [...given, ...caseLocators(bench)]) {
      const once = bench.fetcher.normalize?.(locator);
      assert.ok(once !== undefined, "There is no normalize: add it, or declare supports.normalize false.");
      assert.equal(bench.fetcher.normalize?.(once), once);
    }
  },
};

/** `normalize: false` */
const literalCases: FetcherTests = {
  "has no normalize, as declared": async ({ fetcher }) => {
    assert.equal(Reflect.get(fetcher, "normalize"), undefined);
  },
};

function caseLocators({ cases }: FetcherBench): readonly string[] {
  return [cases.present.ref, cases.missing.ref].map(locatorOf).filter((locator) => locator !== undefined);
}

function locatorOf(ref: ModelRef): string | undefined {
  if (ref.kind === "url") return ref.url.slice(ref.scheme.length + 1);
  return ref.kind === "other" ? ref.locator : undefined;
}
