import type { Digest, DigestText } from "../digest/digest.ts";
import type { ModelRef } from "../model-ref/model-ref.ts";
import type { FetchPlan } from "./fetch-plan.ts";
import type { Ingest } from "./ingest.ts";
import type { Logger } from "./logger.ts";

/**
 * A way to bring models of one or more schemes. It finds out what there is ({@link ModelFetcher.plan}) and brings it
 * ({@link ModelFetcher.fetch}); where the bytes end up, whether they are right, and who may see them is decided by
 * its caller. `modelFetcherContract` of `@llama-orch/contract-tests` proves an implementation.
 *
 * @typeParam S the schemes it serves, as literals.
 */
export interface ModelFetcher<out S extends string = string> {
  /** For the record of where bytes came from, and for messages: `fetcher-file`. */
  readonly name: string;
  /** Version of the package that brings this fetcher. */
  readonly version: string;
  /** Lower-case, without the colon. Never empty. */
  readonly schemes: readonly S[];
  /** Whether `plan` or `fetch` may leave this machine. A fetcher that says `false` opens no socket and starts no process. */
  readonly network: boolean;
  /**
   * Whether every model that it brings comes to lie in the cache: an entry of one that is used in place is not good enough
   * then. Absent: no.
   */
  readonly managed?: boolean;

  /**
   * The canonical form of what follows `scheme:` in `url` and `other` references: one thing, one text.
   * Normalizing twice changes nothing. Absent: the text is taken as it is.
   * @throws ModelError of category `usage` for a locator that this scheme does not allow.
   */
  normalize?(locator: string): string;

  /** A composite answers with the member that serves a scheme; a plain fetcher leaves this out. */
  member?(scheme: string): ModelFetcher | undefined;

  /** Composites only: the member that made a plan, for the record when nothing of it had to be fetched. */
  plannedBy?(plan: FetchPlan): { readonly name: string; readonly version: string } | undefined;

  /**
   * What a fetch of this reference would bring. Writes nothing, moves no model bytes.
   * @throws ModelError; `signal.reason` untouched when aborted.
   */
  plan(ref: ModelRef, context: FetchContext): Promise<FetchPlan>;

  /**
   * Brings what was planned, exactly that version, into the ingest (or, for an external plan, confirms that it is there);
   * a version that has taken its place since is brought by a plan of its own ({@link FetchedArtifact.plan}), or is an error.
   * It writes nowhere else. On failure it may leave what helps a later attempt in its targets.
   * @param plan the very object that this fetcher's `plan` returned: what does not belong into a record (a signed URL)
   *   can be kept in a `WeakMap` by it.
   * @throws ModelError; `signal.reason` untouched when aborted.
   */
  fetch(plan: FetchPlan, ingest: Ingest, context: FetchContext): Promise<FetchedArtifact>;
}

/** The literal schemes of a fetcher type. */
export type SchemesOf<F> = F extends ModelFetcher<infer S> ? S : never;

/** What every call of a fetcher is given. */
export interface FetchContext {
  /** Check it first, stop promptly, rethrow its `reason` as it is. */
  readonly signal: AbortSignal;
  /** To be called as bytes arrive: often enough to watch, at most some tens of times a second. Must not throw. */
  readonly onProgress: (progress: FetchProgress) => void;
  readonly logger: Logger;
  /** To be sent as `X-Correlation-Id` where the source speaks HTTP and is the caller's own; else for logs. */
  readonly correlationId: string;
  /** What the caller expects of the whole artifact; a fetcher that hashes in flight uses this algorithm as well as sha256. */
  readonly expectedDigest?: Digest;
}

export interface FetchProgress {
  /** The planned file that this is about. */
  readonly path: string;
  /** Of this file so far, what an earlier attempt left included. */
  readonly receivedBytes: number;
  /** Of this file; `null` when the source does not tell. */
  readonly totalBytes: number | null;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** What is there after a fetch. */
export interface FetchedArtifact {
  /** The files that are in the ingest (or below `externalPath`), each exactly once; without those of `Ingest.present` that were left out. */
  readonly files: readonly FetchedFile[];
  /** External plans only: the absolute path of the file or folder. */
  readonly externalPath?: string;
  /** Where the fetch learned more than the plan could know. */
  readonly revision?: string;
  readonly validators?: Readonly<Record<string, string>>;
  readonly entryPoint?: string;
  /** Composites only: the member that really brought it, for the record. */
  readonly fetchedBy?: { readonly name: string; readonly version: string };
  /**
   * The plan that was really fetched, where that is another than the one that was given: an open plan's, a composite's, or
   * that of a version that has taken the place of the planned one.
   */
  readonly plan?: FetchPlan;
  /** Bytes that came from the source in this call. */
  readonly movedBytes: number;
  /** Bytes that were there already. */
  readonly reusedBytes: number;
}

export interface FetchedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Digests that the fetcher computed itself while the bytes arrived. Without a sha256 here, the file is hashed afterwards. */
  readonly digests?: readonly DigestText[];
  /** The fetcher compared the bytes with a digest that the source declared in an algorithm of its own (git's sha1, a CRC of the full object). */
  readonly sourceChecked?: boolean;
}
