import type { ModelFetcher, ModelRef } from "@llama-orch/catalog-core";

/** What the implementer makes for one test. */
export interface FetcherSetup {
  readonly fetcher: ModelFetcher;
  readonly cases: FetcherCases;
  teardown?(): Promise<void> | void;
}

/** References of a source that the implementer controls, and what is known of them. */
export interface FetcherCases {
  /** A model that can be fetched. */
  readonly present: ModelCase;
  /** A model that the source does not have. */
  readonly missing: FailingCase;
  /** `directories`: a model of several files, at least one of them in a folder. */
  readonly directory?: ModelCase;
  /** `unsupported`: a reference of a scheme or form that this fetcher cannot serve. */
  readonly unsupported?: FailingCase;
  /** `midFetchAbort`: a model whose fetch goes on until it is aborted. */
  readonly slow?: SlowCase;
  /** `changes`: a model that changes between plan and fetch. */
  readonly change?: ChangeCase;
  /** `secrets`: a call that has to do with a secret, whether it succeeds or fails. */
  readonly secret?: SecretCase;
  /** `normalize`: locators in as many spellings as the scheme has, none of them wrong. */
  readonly locators?: readonly string[];
}

export interface ModelCase {
  readonly ref: ModelRef;
  /** Contents by path, as the plan names them. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

export interface FailingCase {
  readonly ref: ModelRef;
  /** The code of the error, where you want it asserted. */
  readonly code?: string;
}

export interface SlowCase {
  readonly ref: ModelRef;
  /** Resolves when the fetch is in the middle of its work: the request is open, the first bytes are written. */
  underway(): Promise<void>;
}

export interface ChangeCase extends ModelCase {
  /** Changes the model at the source; `files` is what it was before. */
  change(): Promise<void> | void;
}

export interface SecretCase {
  readonly ref: ModelRef;
  /** What must appear in no output: a part of the reference, or a credential that the fetcher was made with. */
  readonly secret: string;
}
