import type { S3Inspection } from "@llama-orch/fetcher-s3";
import { formatBytes, formatCount } from "../render/quantities.ts";
import { version } from "../version.ts";
import { environmentNames } from "./environment.ts";
import { type CacheDirFacts, cacheDirProblems, examineCacheDir } from "./examine-cache-dir.ts";
import { type CatalogFacts, catalogProblems, examineCatalog } from "./examine-catalog.ts";
import { examineHf, type HfFacts, hfFacts, hfProblems, hfWarnings } from "./examine-hf.ts";
import { examineHttp, type HttpFacts, httpFacts, httpProblems } from "./examine-http.ts";
import { examineOci, type OciFacts, ociFacts, ociProblems } from "./examine-oci.ts";
import { examineS3, s3Facts, s3Problems } from "./examine-s3.ts";
import { nodeProblems } from "./node-version.ts";
import type { Problem } from "./problem.ts";

/** What `doctor --json` prints. */
export interface Diagnosis {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cache: CacheDirFacts;
  readonly catalog: CatalogFacts;
  /** What can be ensured. */
  readonly schemes: readonly string[];
  /** Absent when what is set for it makes no sense: a problem says so. */
  readonly hf?: HfFacts;
  /** The same of `http:` and `https:`. */
  readonly http?: HttpFacts;
  /** The same of `oci:`. */
  readonly oci?: OciFacts;
  /** The same of `s3:`. */
  readonly s3?: S3Inspection;
  /** Names of variables that are set and matter; never their values. */
  readonly environment: readonly string[];
  readonly problems: readonly Problem[];
  /** What some may want to know of, and nobody has to act on. */
  readonly warnings: readonly Problem[];
}

export interface DiagnoseOptions {
  readonly schemes: readonly string[];
  readonly repair: boolean;
  /** Ask nothing that is not on this machine. */
  readonly offline: boolean;
  readonly signal: AbortSignal;
}

export async function diagnose(cacheDir: string, options: DiagnoseOptions): Promise<Diagnosis> {
  const { schemes, repair, offline, signal } = options;
  const { env } = process;
  const cache = await examineCacheDir(cacheDir);
  const catalog = await examineCatalog(cacheDir, repair, signal);
  const hf = await examineHf({ env, offline, signal });
  const http = await examineHttp(env);
  const oci = await examineOci(env);
  const s3 = await examineS3(env);
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cache,
    catalog,
    schemes,
    ...("facts" in hf && { hf: hf.facts }),
    ...("facts" in http && { http: http.facts }),
    ...("facts" in oci && { oci: oci.facts }),
    ...("facts" in s3 && { s3: s3.facts }),
    environment: environmentNames(env),
    problems: [
      ...nodeProblems(process.version),
      ...cacheDirProblems(cache),
      ...catalogProblems(catalog),
      ...hfProblems(hf, env),
      ...httpProblems(http),
      ...ociProblems(oci),
      ...s3Problems(s3),
    ],
    warnings: hfWarnings(hf, env),
  };
}

/** The same as lines for people. */
export function diagnosisFacts(found: Diagnosis): (readonly [string, string])[] {
  const { cache, catalog, schemes, hf, http, oci, s3, environment } = found;
  return [
    ["version", `model-provisioner ${found.version}, Node ${found.node}, ${found.platform}`],
    ["cache", `${cache.path} (${cacheState(cache)})`],
    ...(cache.fileSystem === undefined
      ? []
      : [["disk", `${formatBytes(cache.fileSystem.freeBytes)} free, ${cache.fileSystem.type}`] as const]),
    ["catalog", catalogSummary(catalog)],
    ...(catalog.repair === undefined ? [] : [["repair", repairSummary(catalog.repair)] as const]),
    ["schemes", schemes.map((scheme) => `${scheme}:`).join(" ")],
    ...(hf === undefined ? [] : hfFacts(hf)),
    ...(http === undefined ? [] : httpFacts(http)),
    ...(oci === undefined ? [] : ociFacts(oci)),
    ...(s3 === undefined ? [] : s3Facts(s3)),
    ["environment", environment.length === 0 ? "nothing that matters is set" : `${environment.join(" ")} (set)`],
  ];
}

function cacheState({ state, writable }: CacheDirFacts): string {
  if (state === "absent") return writable ? "not there yet, can be made" : "not there, cannot be made";
  if (state !== "folder") return state;
  return writable ? "writable" : "read-only for this user";
}

function catalogSummary({ entries, retired, damaged, missing, stale }: CatalogFacts): string {
  const parts = [formatCount(entries, "model")];
  if (retired > 0) parts.push(`${retired} retired`);
  if (missing.length > 0) parts.push(`${missing.length} missing`);
  if (stale.length > 0) parts.push(`${stale.length} changed`);
  if (damaged.length > 0) parts.push(formatCount(damaged.length, "unreadable record"));
  return parts.join(", ");
}

function repairSummary({ quarantined, removed, newer }: NonNullable<CatalogFacts["repair"]>): string {
  const left = newer.length > 0 ? `, ${newer.length} of a newer version left alone` : "";
  return `${quarantined.length} moved aside, ${removed.length} remains of killed writers removed${left}`;
}
