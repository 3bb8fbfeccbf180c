import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FetchContext,
  type FetchedArtifact,
  type FetchPlan,
  type ModelError,
  isModelError,
  parseModelRef,
} from "@llama-orch/catalog-core";
import { fetchContext, tempIngest } from "@llama-orch/contract-tests";
import { startTestS3, type TestS3, type TestS3Options } from "../../../../tools/test-s3/src/index.ts";
import type { S3Fetcher } from "../s3-fetcher.ts";
import { s3Fetcher } from "../s3-fetcher.ts";
import type { S3FetcherOptions } from "../s3-fetcher-options.ts";
import { isolateAws } from "./isolate-aws.ts";

/** A server with a bucket `models`, an empty home, and an ingest: of one fetcher unless another one is made. */
export interface Setting extends AsyncDisposable {
  readonly s3: TestS3;
  readonly home: string;
  readonly options: S3FetcherOptions;
  readonly fetcher: S3Fetcher;
  readonly plan: (reference: string, context?: Partial<FetchContext>) => Promise<FetchPlan>;
  readonly fetch: (reference: string, context?: Partial<FetchContext>) => Promise<FetchedArtifact>;
  /** What has arrived. */
  readonly read: (path: string) => Promise<string>;
  readonly bytes: (path: string) => Promise<Buffer>;
  /** What a fetch fails with. */
  readonly failure: (reference: string, context?: Partial<FetchContext>) => Promise<ModelError>;
  /** The same setting, with another fetcher. */
  readonly using: (fetcher: S3Fetcher) => Setting;
}

export async function openSetting(options: S3FetcherOptions = {}, server: TestS3Options = {}): Promise<Setting> {
  const s3 = await startTestS3(server);
  s3.bucket("models");
  const home = await mkdtemp(join(await realpath(tmpdir()), "fetcher-s3-"));
  isolateAws(home);
  const { ingest, dispose } = await tempIngest();
  const common = { endpoint: s3.origin, baseDelayMs: 0, maxDelayMs: 0, credentials: s3.credentials, ...options };
  const bytes = async (path: string): Promise<Buffer> => readFile((await ingest.target(path)).path);
  const of = (fetcher: S3Fetcher): Setting => {
    const plan: Setting["plan"] = (reference, context) => fetcher.plan(parseModelRef(reference), fetchContext(context));
    const fetch: Setting["fetch"] = async (reference, context) =>
      fetcher.fetch(await plan(reference, context), ingest, fetchContext(context));
    return {
      s3,
      home,
      options: common,
      fetcher,
      plan,
      fetch,
      bytes,
      read: async (path) => (await bytes(path)).toString(),
      async failure(reference, context) {
        const error: unknown = await fetch(reference, context).catch((thrown: unknown) => thrown);
        if (isModelError(error)) return error;
        throw new Error("it did not fail with an error of this system", { cause: error });
      },
      using: of,
      async [Symbol.asyncDispose]() {
        await s3[Symbol.asyncDispose]();
        await dispose();
        await rm(home, { recursive: true, force: true, maxRetries: 3 });
      },
    };
  };
  return of(s3Fetcher(common));
}
