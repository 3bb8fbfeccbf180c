/**
 * What a fetcher can do beyond what every fetcher must. All but `external` are on unless declared absent. What is
 * declared absent is proved absent where that can be done; each member says how.
 */
export interface ModelFetcherSupports {
  /** Leaves this machine. Absent: `plan` and `fetch` open no socket, resolve no name and start no process. @default true */
  readonly network?: boolean;
  /** Brings models of several files; needs `cases.directory`. Absent: not proved. @default true */
  readonly directories?: boolean;
  /** Uses models where they lie. Absent: each plan is `managed`. @default false */
  readonly external?: boolean;
  /** Has `normalize`; needs `cases.locators`. Absent: there is no such method. @default true */
  readonly normalize?: boolean;
  /** Its plans say what each file's digest is. Absent: they say none. @default true */
  readonly declaredDigests?: boolean;
  /** Hashes what it fetches, with sha256 and the algorithm of `expectedDigest`. Absent: it reports no digest. @default true */
  readonly inFlightDigests?: boolean;
  /** Names the version it brings, in its plan or after its fetch. Absent: it names none. @default true */
  readonly revisions?: boolean;
  /** Reports the progress of every file up to its size. Absent: not proved; what it reports must be sane all the same. @default true */
  readonly progress?: boolean;
  /** A fetch can be caught in the middle; needs `cases.slow`. Absent: not proved. @default true */
  readonly midFetchAbort?: boolean;
  /** A model can change between plan and fetch; needs `cases.change`. Absent: not proved. @default true */
  readonly changes?: boolean;
  /** There are references that it cannot serve; needs `cases.unsupported`. Absent: not proved. @default true */
  readonly unsupported?: boolean;
  /** References may hold secrets; needs `cases.secret`. Absent: not proved. @default true */
  readonly secrets?: boolean;
}

/** The capabilities with their defaults filled in. */
export type DeclaredSupports = Required<ModelFetcherSupports>;

export function parseSupports(supports: ModelFetcherSupports = {}): DeclaredSupports {
  return Object.freeze({
    network: true,
    directories: true,
    external: false,
    normalize: true,
    declaredDigests: true,
    inFlightDigests: true,
    revisions: true,
    progress: true,
    midFetchAbort: true,
    changes: true,
    unsupported: true,
    secrets: true,
    ...supports,
  });
}
