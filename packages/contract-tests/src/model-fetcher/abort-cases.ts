import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { Ingest } from "@llama-orch/catalog-core";
import { fetchContext } from "../kit/fetch-context.ts";
import { departuresOf } from "./departures.ts";
import { deliver, type FetcherBench, type FetcherTests, needed } from "./fetcher-bench.ts";
import type { DeclaredSupports } from "./fetcher-supports.ts";

/** Cancellation: prompt, with the caller's own reason, and nothing left behind. */
export function abortCases(supports: DeclaredSupports): FetcherTests {
  return { ...commonCases, ...(supports.midFetchAbort ? midFetchCases : {}) };
}

const commonCases: FetcherTests = {
  "plan with an aborted signal rejects with its reason, and does not start": async ({ fetcher, cases }) => {
    const { signal, reason } = aborted();
    const departures = await departuresOf(() =>
      assertRejectsWith(reason, fetcher.plan(cases.present.ref, fetchContext({ signal }))),
    );
    assert.deepStrictEqual(departures, []);
  },

  "fetch with an aborted signal rejects with its reason, and does not start": async ({
    fetcher,
    cases,
    openIngest,
  }) => {
    const { signal, reason } = aborted();
    const started: string[] = [];
    const context = fetchContext({ signal, onProgress: () => void started.push("progress") });
    const plan = await fetcher.plan(cases.present.ref, fetchContext());
    const ingest = watched(await openIngest(), started);
    const departures = await departuresOf(() => assertRejectsWith(reason, fetcher.fetch(plan, ingest, context)));
    assert.deepStrictEqual([...started, ...departures], []);
  },

  "plan and fetch leave no listener on the signal": async (bench) => {
    for (const ref of [bench.cases.present.ref, bench.cases.missing.ref]) {
      const { signal } = new AbortController();
      await deliver(bench, ref, { signal }).catch(() => {});
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }
  },
};

/** `midFetchAbort: true` */
const midFetchCases: FetcherTests = {
  "an abort in mid-fetch rejects promptly with the signal's reason": async (bench) => {
    const { reason, outcome } = await abortMidFetch(bench);
    assert.ok(outcome !== "stuck", `fetch was still at work ${bench.rules.abortDeadlineMs} ms after the abort`);
    assert.ok("error" in outcome, "fetch resolved, although it was aborted");
    assert.equal(outcome.error, reason, "fetch rejected with something other than signal.reason");
  },

  "an abort in mid-fetch leaves no listener on the signal": async (bench) => {
    const { signal } = await abortMidFetch(bench);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  },

  "an abort in mid-fetch leaves nothing outside the ingest": async (bench) => {
    await bench.openIngest();
    const before = await bench.outsideIngests();
    await abortMidFetch(bench);
    assert.deepStrictEqual(await bench.outsideIngests(), before);
  },
};

interface MidFetchAbort {
  readonly signal: AbortSignal;
  readonly reason: unknown;
  readonly outcome: "stuck" | { readonly error: unknown } | { readonly artifact: unknown };
}

async function abortMidFetch(bench: FetcherBench): Promise<MidFetchAbort> {
  const slow = needed(bench.cases.slow, "slow", "midFetchAbort");
  const controller = new AbortController();
  const { signal } = controller;
  const reason = someReason();
  const plan = await bench.fetcher.plan(slow.ref, fetchContext());
  const ended = bench.fetcher.fetch(plan, await bench.openIngest(), fetchContext({ signal })).then(
    (artifact) => ({ artifact }),
    (error: unknown) => ({ error }),
  );
  const first = await Promise.race([ended.then(() => "ended"), slow.underway().then(() => "underway")]);
  assert.equal(first, "underway", "cases.slow ended before it was aborted");
  controller.abort(reason);
  return { signal, reason, outcome: await within(bench.rules.abortDeadlineMs, ended) };
}

function aborted(): { readonly signal: AbortSignal; readonly reason: unknown } {
  const reason = someReason();
  return { signal: AbortSignal.abort(reason), reason };
}

/** No Error, so that whoever wraps, copies or replaces it is found out. */
function someReason(): unknown {
  return Object.freeze({ because: "the caller changed its mind" });
}

async function assertRejectsWith(reason: unknown, call: Promise<unknown>): Promise<void> {
  const outcome = await call.then(
    () => ({ resolved: true }),
    (error: unknown) => ({ error }),
  );
  assert.ok("error" in outcome, "it resolved, although its signal was aborted");
  assert.equal(outcome.error, reason, "it rejected with something other than signal.reason");
}

function watched(ingest: Ingest, started: string[]): Ingest {
  return {
    directory: ingest.directory,
    present: ingest.present,
    async target(path) {
      started.push(`target ${path}`);
      return ingest.target(path);
    },
  };
}

/** A guard against a suite that hangs, not a measure of speed. */
async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T | "stuck"> {
  const settled = new AbortController();
  const deadline = setTimeout(deadlineMs, "stuck" as const, { signal: settled.signal });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    settled.abort();
    await deadline.catch(() => {});
  }
}
