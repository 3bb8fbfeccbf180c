import type { GarbageReport } from "@llama-orch/artifact-store";
import type { DigestText, MismatchPolicy } from "@llama-orch/catalog-core";
import type { Durability, EnsureReport } from "../../index.ts";
import type { SourceName } from "./sources.ts";
import type { SourceState } from "./source-fetcher.ts";

/** What a process is told to do with the cache. */
export type Operation = EnsureOperation | RemoveOperation | RetireOperation | VerifyOperation | CollectOperation;

export interface EnsureOperation {
  readonly do: "ensure";
  readonly name: SourceName;
  readonly expected?: DigestText;
  readonly onMismatch: MismatchPolicy;
  readonly durability: Durability;
  readonly refresh: boolean;
  readonly verify: "auto" | "always";
}

/** With the defaults of the library. */
export function ensureOf(name: SourceName, options: Partial<EnsureOperation> = {}): EnsureOperation {
  const defaults = { onMismatch: "error", durability: "full", refresh: false, verify: "auto" } as const;
  return { do: "ensure", name, ...defaults, ...options };
}

export interface RemoveOperation {
  readonly do: "remove";
  readonly name: SourceName;
}

export interface RetireOperation {
  readonly do: "retire";
  readonly name: SourceName;
}

export interface VerifyOperation {
  readonly do: "verify";
  readonly name: SourceName;
  readonly repair: boolean;
}

export interface CollectOperation {
  readonly do: "collect";
  /** @default no limit */
  readonly maxSizeBytes?: number;
}

/** What came of it. An operation on a model that is not on record gives `absent`. */
export type Outcome =
  | { readonly came: "ensured"; readonly localPath: string; readonly report: EnsureReport }
  | { readonly came: "removed"; readonly freedBytes: number }
  | { readonly came: "retired" }
  | { readonly came: "verified"; readonly found: "intact" | "damaged" | "missing"; readonly movedTo?: string }
  | (Pick<GarbageReport, "freedBytes" | "keptBytes" | "overBytes"> & {
      readonly came: "collected";
      readonly skipped: readonly string[];
    })
  | { readonly came: "absent" }
  | { readonly came: "error"; readonly code: string; readonly text: string }
  /** The process was killed on the way. */
  | { readonly came: "killed" };

/** One operation for one process. */
export interface Order {
  readonly operation: Operation;
  readonly cacheDir: string;
  /** Where the local sources lie. */
  readonly sources: string;
  readonly state: SourceState;
  /** Dies before this change of the file system; `torn`: in the middle of it, where it writes data. */
  readonly kill?: Kill;
  /** Makes it wait now and then, so that processes meet in many ways. */
  readonly jitter?: number;
}

export interface Kill {
  /** 1 for the first change. */
  readonly atChange: number;
  readonly torn: boolean;
}
