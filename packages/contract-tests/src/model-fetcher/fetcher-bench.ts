import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type {
  FetchContext,
  FetchedArtifact,
  FetchPlan,
  FetchProgress,
  Ingest,
  ModelFetcher,
  ModelRef,
} from "@llama-orch/catalog-core";
import { fetchContext } from "../kit/fetch-context.ts";
import { withTempDir } from "../kit/temp-dir.ts";
import { ingestBelow } from "../kit/temp-ingest.ts";
import { type TreeSnapshot, treeSnapshot } from "../kit/tree-snapshot.ts";
import type { FetcherCases, FetcherSetup } from "./fetcher-setup.ts";
import type { DeclaredSupports, ModelFetcherSupports } from "./fetcher-supports.ts";

/** The options of the suite, defaults filled in. */
export interface FetcherRules {
  readonly supports: DeclaredSupports;
  readonly abortDeadlineMs: number;
}

/** Where one test of a fetcher happens. */
export interface FetcherBench {
  readonly fetcher: ModelFetcher;
  readonly cases: FetcherCases;
  readonly rules: FetcherRules;
  /** A new ingest, beside the source and the others. */
  readonly openIngest: (name?: string) => Promise<Ingest>;
  /** All that lies on the bench, except in ingests. */
  readonly outsideIngests: () => Promise<TreeSnapshot>;
}

/** Tests by name. */
export type FetcherTests = Readonly<Record<string, (bench: FetcherBench) => Promise<void>>>;

/** One plan and fetch, and what was seen of it. */
export interface Delivery {
  /** The one that was really fetched. */
  readonly plan: FetchPlan;
  readonly artifact: FetchedArtifact;
  readonly ingest: Ingest;
  readonly progress: readonly FetchProgress[];
}

export async function withFetcherBench(
  maker: { factory(directory: string): FetcherSetup | Promise<FetcherSetup> },
  rules: FetcherRules,
  run: (bench: FetcherBench) => Promise<void>,
): Promise<void> {
  await withTempDir(async (root) => {
    const source = join(root, "source");
    await mkdir(source);
    const setup = await maker.factory(source);
    try {
      await run({
        fetcher: setup.fetcher,
        cases: setup.cases,
        rules,
        openIngest: (name = "1") => ingestBelow(join(root, `arrival-${name}`)),
        outsideIngests: () => treeSnapshot(root, /^arrival-[^/]+($|\/(ingest|journals)(\/|$))/),
      });
    } finally {
      await setup.teardown?.();
    }
  });
}

/** Plans and fetches a reference, as a provisioner does. */
export async function deliver(
  { fetcher, openIngest }: FetcherBench,
  ref: ModelRef,
  { ingest, ...overrides }: Partial<FetchContext> & { readonly ingest?: Ingest } = {},
): Promise<Delivery> {
  const progress: FetchProgress[] = [];
  const context = fetchContext({ onProgress: (event) => void progress.push(event), ...overrides });
  const plan = await fetcher.plan(ref, context);
  const target = ingest ?? (await openIngest());
  const artifact = await fetcher.fetch(plan, target, context);
  return { plan: artifact.plan ?? plan, artifact, ingest: target, progress };
}

/** A case that a declared capability needs. */
export function needed<T>(given: T | undefined, name: keyof FetcherCases, capability: keyof ModelFetcherSupports): T {
  assert.ok(
    given !== undefined,
    `The factory gave no cases.${name}: give it, or declare supports.${capability} false.`,
  );
  return given;
}
