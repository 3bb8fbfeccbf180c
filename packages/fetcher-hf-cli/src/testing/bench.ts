import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  type ModelError,
  parseModelRef,
} from "@llama-orch/catalog-core";
import { fetchContext, tempIngest } from "@llama-orch/contract-tests";
import { hfCliFetcher } from "../hf-cli-fetcher.ts";
import type { HfCliFetcherOptions } from "../hf-cli-options.ts";
import { modelFailure } from "./model-failure.ts";
import { type FakeCli, fakeCli, type FakeCliOptions } from "./fake-cli.ts";

/** Where one test of the fetcher happens. */
export interface Bench extends AsyncDisposable {
  readonly folder: string;
  readonly cli: FakeCli;
  readonly ingest: Ingest;
  /** What the CLI gets. */
  readonly env: Record<string, string>;
  /** Plans and fetches, as a provisioner does. */
  fetch(reference: string, context?: Partial<FetchContext>): Promise<Fetched>;
  /** What that fails with. */
  failure(reference: string, context?: Partial<FetchContext>): Promise<ModelError>;
}

export interface Fetched extends FetchedArtifact {
  readonly planned: FetchPlan;
}

/** A bench with a fake CLI on its `PATH`, and nothing else there. */
export async function openBench(cli: FakeCliOptions = {}, options: HfCliFetcherOptions = {}): Promise<Bench> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "hf-cli-"));
  const fake = await fakeCli(join(folder, "bin"), cli);
  const { ingest, dispose } = await tempIngest();
  const env = { PATH: fake.folder, HOME: join(folder, "home"), ...options.env } as Record<string, string>;
  const fetch: Bench["fetch"] = async (reference, context) => {
    const fetcher = hfCliFetcher({ ...options, env });
    const planned = await fetcher.plan(parseModelRef(reference), fetchContext(context));
    return { ...(await fetcher.fetch(planned, ingest, fetchContext(context))), planned };
  };
  return {
    folder,
    cli: fake,
    ingest,
    env,
    fetch,
    failure: (reference, context) => modelFailure(fetch(reference, context)),
    async [Symbol.asyncDispose]() {
      await dispose();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The folders of several executables. */
export function pathOf(...executables: readonly FakeCli[]): string {
  return executables.map(({ path }) => dirname(path)).join(delimiter);
}
