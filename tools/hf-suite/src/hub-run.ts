import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type Ingest,
  isModelError,
  type ModelError,
  type ModelFetcher,
  parseModelRef,
} from "../../../packages/catalog-core/src/index.ts";
import { fetchContext, tempIngest } from "../../../packages/contract-tests/src/index.ts";
import type { TestHub } from "../../test-hub/src/index.ts";

/** One ingest, and one home for what is the Python library's, which may stay from one fetch to the next. */
export interface HubRun extends AsyncDisposable {
  readonly ingest: Ingest;
  readonly env: Record<string, string>;
  /** Plans and fetches, as a provisioner does; with the plan that was really fetched. */
  fetch(reference: string, context?: Partial<FetchContext>): Promise<FetchedArtifact & { readonly plan: FetchPlan }>;
  /** The typed error that this fails with; anything else that it ends with fails the test. */
  failure(reference: string, context?: Partial<FetchContext>): Promise<ModelError>;
  read(path: string): Promise<Buffer>;
}

/** @param open makes the fetcher, in the environment as it is then. */
export async function openRun(
  hub: TestHub,
  open: (env: Readonly<Record<string, string>>) => ModelFetcher<"hf">,
  more: Readonly<Record<string, string>> = {},
): Promise<HubRun> {
  const home = await mkdtemp(join(await realpath(tmpdir()), "hf-run-"));
  const { ingest, dispose } = await tempIngest();
  const env = { HOME: home, HF_HOME: join(home, "hf"), HF_ENDPOINT: hub.endpoint, HF_HUB_DISABLE_XET: "1", ...more };
  const fetch: HubRun["fetch"] = async (reference, context) => {
    const fetcher = open(env);
    const plan = await fetcher.plan(parseModelRef(reference), fetchContext(context));
    const fetched = await fetcher.fetch(plan, ingest, fetchContext(context));
    const revision = fetched.revision ?? plan.revision;
    return { ...fetched, plan: fetched.plan ?? plan, ...(revision !== undefined && { revision }) };
  };
  return {
    ingest,
    env,
    fetch,
    async failure(reference, context) {
      const outcome: unknown = await fetch(reference, context).catch((error: unknown) => error);
      if (!isModelError(outcome)) throw new Error("it did not fail with a ModelError", { cause: outcome });
      return outcome;
    },
    read: async (path) => readFile((await ingest.target(path)).path),
    async [Symbol.asyncDispose]() {
      await dispose();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
