import assert from "node:assert/strict";
import type { FetchProgress } from "@llama-orch/catalog-core";
import { deliver, type FetcherTests } from "./fetcher-bench.ts";
import type { DeclaredSupports } from "./fetcher-supports.ts";
import { contentOf } from "./model-case.ts";

/** What a fetch says while it works. */
export function progressCases(supports: DeclaredSupports): FetcherTests {
  return { ...commonCases, ...(supports.progress ? fullCases : {}) };
}

const commonCases: FetcherTests = {
  "progress is of planned files, counts attempts from 1, and never goes back within one": async (bench) => {
    const { plan, progress } = await deliver(bench, bench.cases.present.ref);
    const planned = new Set(plan.files.map(({ path }) => path));
    const last = new Map<string, FetchProgress>();
    for (const event of progress) {
      assert.ok(planned.has(event.path), `${event.path} was not planned`);
      assert.ok(Number.isSafeInteger(event.attempt) && event.attempt >= 1, `attempt ${event.attempt}`);
      assert.ok(Number.isSafeInteger(event.receivedBytes) && event.receivedBytes >= 0, `${event.receivedBytes} bytes`);
      assertFollows(event, last.get(event.path));
      last.set(event.path, event);
    }
  },

  "progress gives one total a file, or null": async (bench) => {
    const { progress } = await deliver(bench, bench.cases.present.ref);
    for (const { path, receivedBytes, totalBytes } of progress) {
      if (totalBytes === null) continue;
      assert.equal(totalBytes, contentOf(bench.cases.present, path).byteLength);
      assert.ok(receivedBytes <= totalBytes, `${receivedBytes} of ${totalBytes} bytes`);
    }
    for (const events of Map.groupBy(progress, ({ path }) => path).values()) {
      assert.equal(new Set(events.map(({ totalBytes }) => totalBytes)).size, 1);
    }
  },
};

/** `progress: true` */
const fullCases: FetcherTests = {
  "progress of every file that is not empty ends at its size": async (bench) => {
    const { progress } = await deliver(bench, bench.cases.present.ref);
    for (const path of Object.keys(bench.cases.present.files)) {
      const { byteLength } = contentOf(bench.cases.present, path);
      const received = progress.findLast((event) => event.path === path)?.receivedBytes;
      assert.ok(byteLength === 0 || received === byteLength, `${path}: ${received} of ${byteLength} bytes`);
    }
  },
};

function assertFollows(event: FetchProgress, previous: FetchProgress | undefined): void {
  if (previous === undefined) return;
  assert.ok(event.attempt >= previous.attempt, `${event.path}: attempt ${event.attempt} after ${previous.attempt}`);
  assert.ok(
    event.attempt > previous.attempt || event.receivedBytes >= previous.receivedBytes,
    `${event.path}: ${event.receivedBytes} bytes after ${previous.receivedBytes}`,
  );
}
