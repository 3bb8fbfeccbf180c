import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type ErrorCategory, isModelError, type Logger } from "@llama-orch/catalog-core";
import { fetchContext } from "../kit/fetch-context.ts";
import { deliver, type FetcherBench, type FetcherTests, needed } from "./fetcher-bench.ts";
import type { FailingCase } from "./fetcher-setup.ts";
import type { DeclaredSupports } from "./fetcher-supports.ts";

/** How a fetcher fails. */
export function errorCases(supports: DeclaredSupports): FetcherTests {
  return {
    ...missingCases,
    ...(supports.unsupported ? unsupportedCases : {}),
    ...(supports.secrets ? secretCases : {}),
  };
}

const missingCases: FetcherTests = {
  "a missing model fails with a ModelError of category not-found, and a hint": async (bench) => {
    await assertFails(bench, bench.cases.missing, "not-found");
  },

  "a failure is a rejected promise, never a synchronous throw": async ({ fetcher, cases }) => {
    let call: Promise<unknown> | undefined;
    assert.doesNotThrow(() => (call = fetcher.plan(cases.missing.ref, fetchContext())));
    await call?.catch(() => {});
  },

  "a failed call leaves nothing outside the ingest": async (bench) => {
    const ingest = await bench.openIngest();
    const before = await bench.outsideIngests();
    await assert.rejects(deliver(bench, bench.cases.missing.ref, { ingest }));
    assert.deepStrictEqual(await bench.outsideIngests(), before);
  },
};

/** `unsupported: true` */
const unsupportedCases: FetcherTests = {
  "what it cannot serve fails with a ModelError of category cannot-serve, and a hint": async (bench) => {
    await assertFails(bench, needed(bench.cases.unsupported, "unsupported", "unsupported"), "cannot-serve");
  },
};

/** `secrets: true` */
const secretCases: FetcherTests = {
  "a secret appears in no plan, result, progress, log or error": async (bench) => {
    const { ref, secret } = needed(bench.cases.secret, "secret", "secrets");
    const said: unknown[] = [];
    const outcome = await deliver(bench, ref, { onProgress: (event) => said.push(event), logger: recorder(said) }).then(
      // The reference is what the caller gave; the rest is what the fetcher says.
      ({ plan, artifact }) => ({ plan: { ...plan, ref: undefined }, artifact }),
      (error: unknown) => ({ error, text: String(error) }),
    );
    const everything = inspect([outcome, said], {
      depth: Infinity,
      showHidden: true,
      maxArrayLength: null,
      maxStringLength: null,
    });
    assert.ok(!everything.includes(secret), "the secret appears in what the fetcher says");
  },
};

async function assertFails(bench: FetcherBench, failing: FailingCase, category: ErrorCategory): Promise<void> {
  await assert.rejects(deliver(bench, failing.ref), (error) => {
    assert.ok(isModelError(error), `not a ModelError: ${String(error)}`);
    assert.equal(error.category, category);
    if (failing.code !== undefined) assert.equal(error.code, failing.code);
    assert.match(error.message, /\S/);
    assert.match(error.hint, /\S/);
    return true;
  });
}

function recorder(said: unknown[]): Logger {
  const record = (...words: unknown[]): void => void said.push(words);
  return { debug: record, info: record, warn: record, error: record };
}
