import type { Digest, DigestAlgorithm, DigestText, Logger } from "@llama-orch/catalog-core";
import { silentLogger } from "@llama-orch/catalog-core";
import type { ChecksumAlgorithm, ChecksumText } from "@llama-orch/hashing";
import type { HttpClient } from "../http/http-client.ts";
import type { ResponseHead } from "../http/response-head.ts";
import type { Refusal } from "./status-failure.ts";
import { assertWithin, invalidOption } from "../http/http-client-options.ts";

/** Where a file is to be had. */
export interface TransferSource {
  /** Tried first, again and again, as long as it is of use. A function gives a new URL where the last one may have expired. */
  readonly url: string | ResolveUrl;
  /** For the origin of the URL that they come with, and for no other one that it redirects to. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns the URL, with headers for its origin. Called again when it is refused, and for each try that begins anew. */
export type ResolveUrl = (context: {
  readonly signal: AbortSignal;
  /** What the last URL, or the one that it led to, was refused with; absent when that is not why it is called. */
  readonly refusal: ResponseHead | undefined;
}) => Promise<{ readonly url: string; readonly headers?: Readonly<Record<string, string>> }>;

export interface TransferOptions {
  readonly client: HttpClient;
  readonly signal: AbortSignal;
  /** At most twenty times a second, at the beginning and at the end. What it throws changes nothing. */
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly logger?: Logger;
  /** That of `expectedDigest` must be among them. @default ["sha256"] */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** What is computed besides, for whoever knows what the source declares of it. @default none */
  readonly checksums?: readonly ChecksumAlgorithm[];
  /** What the source has declared: anything else is an error. */
  readonly expectedSizeBytes?: number;
  /**
   * What the file must come to. Other bytes are fetched once more from nothing if an earlier attempt had left some of them,
   * then from the next mirror, and are an error then.
   */
  readonly expectedDigest?: Digest;
  /**
   * Somebody compares the digest of the whole file with this one in the end, so that bytes of another boot, or of a source
   * that does not tell its versions apart, may be gone on with. @default `expectedDigest`
   */
  readonly decidingDigest?: Digest;
  /** Other places of the same bytes, tried in this order when the one before is of no use. Wants `expectedDigest`. @default none */
  readonly mirrors?: readonly TransferSource[];
  /** What a status means where the server says more than the status: an error of the caller's, or nothing. */
  readonly explainStatus?: (refusal: Refusal) => Error | undefined | Promise<Error | undefined>;
  /** The file may be a web page: one is an error otherwise. @default false */
  readonly mayBeHtml?: boolean;
  /** Connections for this file, 1 to 64. More than one are used only where they pay. @default 8 */
  readonly maxConnections?: number;
  /** Tries that fail in a row, with nothing new in between, 0 to 1,000. @default 6 */
  readonly maxRetries?: number;
  /** Of the waits between tries, which double, in ms. @default 500 */
  readonly baseDelayMs?: number;
  /** @default 30,000 */
  readonly maxDelayMs?: number;
  /** What a server may ask to wait (`Retry-After`), in ms. @default 600,000 */
  readonly maxRetryAfterMs?: number;
  /** Of the whole, in ms: all tries and waits together. @default none */
  readonly timeoutMs?: number;
  /** Of each request with its answer, in ms; what has come is kept. @default none */
  readonly attemptTimeoutMs?: number;
  /** 0 to 1, for the waits. @default Math.random */
  readonly random?: () => number;
}

export interface TransferProgress {
  /** What an earlier attempt left included. */
  readonly receivedBytes: number;
  /** `null` while it is not known. */
  readonly totalBytes: number | null;
  /** 1 for the first try. */
  readonly attempt: number;
}

export interface TransferResult {
  readonly sizeBytes: number;
  /** In the order of `algorithms`. */
  readonly digests: readonly DigestText[];
  /** In the order of `checksums`. */
  readonly checksums: readonly ChecksumText[];
  /** By which the source tells this version from others; an ETag only if it is a strong one. */
  readonly validators: { readonly etag?: string; readonly lastModified?: string };
  /** Bytes that an earlier attempt had left, and that are part of the file. */
  readonly resumedFrom: number;
  /** Bytes that came over the network in this call, and were written. */
  readonly movedBytes: number;
  /** How often it was tried: 1 when nothing went wrong. */
  readonly attempts: number;
  /** How often it was begun anew, since the source was replaced or what was left was of no use. */
  readonly restarts: number;
  /** Where it was found first, after redirects; without query and credentials. */
  readonly source: string;
}

export type TransferSettings = Required<
  Omit<TransferOptions, "expectedSizeBytes" | "expectedDigest" | "decidingDigest" | "timeoutMs" | "attemptTimeoutMs">
> &
  Pick<TransferOptions, "expectedSizeBytes" | "expectedDigest" | "decidingDigest" | "timeoutMs" | "attemptTimeoutMs">;

/** @throws ModelError `TRANSFER_OPTION_INVALID` */
export function parseTransferOptions(options: TransferOptions): TransferSettings {
  const settings: TransferSettings = {
    logger: silentLogger,
    algorithms: ["sha256"],
    checksums: [],
    mirrors: [],
    explainStatus: () => undefined,
    mayBeHtml: false,
    maxConnections: 8,
    maxRetries: 6,
    baseDelayMs: 500,
    maxDelayMs: 30_000,
    maxRetryAfterMs: 600_000,
    random: Math.random,
    ...options,
    onProgress: quiet(options.onProgress),
    ...(options.decidingDigest === undefined && { decidingDigest: options.expectedDigest }),
  };
  const { maxConnections, maxRetries, baseDelayMs, maxDelayMs, maxRetryAfterMs } = settings;
  assertWithin({ maxConnections }, 1, 64);
  assertWithin({ maxRetries }, 0, 1_000);
  assertWithin({ baseDelayMs, maxDelayMs, maxRetryAfterMs }, 0, 86_400_000);
  for (const option of ["timeoutMs", "attemptTimeoutMs"] as const) {
    const value = settings[option];
    if (value !== undefined) assertWithin({ [option]: value }, 1, 86_400_000);
  }
  const { expectedDigest, expectedSizeBytes, algorithms } = settings;
  if (expectedSizeBytes !== undefined) assertWithin({ expectedSizeBytes }, 0, Number.MAX_SAFE_INTEGER);
  if (expectedDigest !== undefined && !algorithms.includes(expectedDigest.algorithm)) {
    throw invalidOption(
      "algorithms",
      algorithms.join(", "),
      `Name ${expectedDigest.algorithm} among them: expectedDigest could not be compared otherwise.`,
    );
  }
  if (settings.mirrors.length > 0 && settings.expectedDigest === undefined) {
    throw invalidOption(
      "mirrors",
      settings.mirrors.length,
      "Give expectedDigest: without it nobody can say that mirrors have the same bytes.",
    );
  }
  return settings;
}

/** What a listener throws is its own trouble: it is called from a timer, too, where that would end the process. */
function quiet(listener: TransferOptions["onProgress"]): NonNullable<TransferOptions["onProgress"]> {
  return (progress) => {
    try {
      // An async function is assignable where nothing is expected back.
      void Promise.resolve(listener?.(progress)).catch(() => {});
    } catch {
      // There is no one to hand it to.
    }
  };
}
