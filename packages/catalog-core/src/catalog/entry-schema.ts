import { z } from "zod";
import { catalogError } from "../errors/catalog-errors.ts";
import { redactByLook, redactText } from "../redact/redact.ts";
import type { CatalogEntry } from "./catalog-entry.ts";

/**
 * Reads an entry from its JSON, and checks that it keeps the contract of `CatalogEntry`. The one place that needs zod, so
 * it is loaded only by those who write.
 * @throws ModelError `ENTRY_INVALID`, with every problem in its facts.
 */
export function parseEntry(json: string): CatalogEntry {
  const entry: unknown = JSON.parse(json);
  if (isEntry(entry)) return entry;
  const problems = entryProblems(entry);
  const id: unknown = typeof entry === "object" && entry !== null && "id" in entry ? entry.id : null;
  throw catalogError("ENTRY_INVALID", {
    message: `The entry ${JSON.stringify(id)} cannot be recorded: ${problems.join("; ")}.`,
    hint: "Mend the entry; CatalogEntry describes what is allowed.",
    facts: { id, problems },
  });
}

/** The schema says just what the type says, and more. */
function isEntry(value: unknown): value is CatalogEntry {
  return entryProblems(value).length === 0;
}

/** What is wrong with an entry, each problem with its place: `files.0.path: …`. Empty when nothing is. */
export function entryProblems(entry: unknown): readonly string[] {
  const { error } = entrySchema.safeParse(entry);
  return (error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
}

const text = z.string().min(1);
const size = z.int().nonnegative();
const timeMs = z.int().nonnegative();
const sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/, "not a sha256 digest in lower-case hex");
const digest = z.string().regex(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/, "not a digest in lower-case hex");
const decimal = z.string().regex(/^-?\d+$/, "not a decimal number");

const relativePath = z
  .string()
  .refine((path) => !path.includes("\0") && path.split("/").every((segment) => !["", ".", ".."].includes(segment)), {
    error: "not a plain relative path",
  });

/** A record must not repeat a secret, and nobody could take it out again: redact before recording. */
const secretFree = z.string().refine((value) => redactText(value) === value, { error: "it holds a secret" });

/**
 * An id that would be redacted is not the id that events and messages show. A path, or a name on the Hub, stays what it
 * is when a part of it happens to be registered as a secret; any other id has a pseudonym in its place.
 */
const id = text.refine((value) => (/^(?:file|hf):/.test(value) ? redactByLook : redactText)(value) === value, {
  error: "it holds a secret",
});

const files = z
  .array(
    z.strictObject({
      path: relativePath,
      sizeBytes: size,
      digest: sha256,
      stat: z.strictObject({ mtimeNs: decimal, inode: decimal }).optional(),
    }),
  )
  .min(1)
  .refine((records) => new Set(records.map(({ path }) => path)).size === records.length, {
    error: "a path appears twice",
  });

const check = z
  .strictObject({ expected: digest, actual: digest, checkedMs: timeMs })
  .refine(({ expected, actual }) => expected.length === actual.length, { error: "digests of two algorithms" });

const provenance = z.strictObject({
  reference: secretFree,
  source: secretFree,
  revision: secretFree.optional(),
  validators: z.record(z.string(), secretFree).optional(),
  fetcher: text,
  fetcherVersion: text,
  toolVersion: text,
  startedMs: timeMs,
  finishedMs: timeMs,
  movedBytes: size,
  reusedBytes: size,
});

const entrySchema = z
  .strictObject({
    id,
    location: z.enum(["managed", "external"]),
    localPath: text,
    lifecycle: z.enum(["Active", "Retired"]),
    kind: z.enum(["file", "directory"]),
    entryPoint: z.string().optional(),
    sizeBytes: size,
    digest: sha256,
    trust: z.enum(["verified", "upstream", "unverified"]),
    lastVerifiedMs: timeMs,
    files,
    unsyncedBoot: z
      .string()
      .regex(/^[0-9a-z-]{1,64}$/, "not the name of a boot")
      .optional(),
    checks: z.array(check).max(8).optional(),
    drift: z.strictObject({ digest: sha256, sizeBytes: size, files, seenMs: timeMs }).optional(),
    provenance,
  })
  .superRefine((entry, context) => {
    const report = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    const paths = entry.files.map(({ path }) => path);
    const driftPaths = entry.drift?.files.map(({ path }) => path) ?? [];

    if (entry.location === "managed" && !isManagedPath(entry.localPath)) {
      report("localPath", "a managed path is relative to the cache root, with / between plain segments");
    }
    if (entry.location === "external" && entry.unsyncedBoot !== undefined) {
      report("unsyncedBoot", "an external model is nobody's to sync");
    }
    if (entry.location === "external" && !isAbsolutePath(entry.localPath)) {
      report("localPath", "an external path is absolute");
    }
    const mustBePortable = !entry.localPath.startsWith("/");
    if (mustBePortable && !paths.every(isPortable)) report("files", "a path has a backslash or a drive letter");
    if (mustBePortable && !driftPaths.every(isPortable)) report("drift", "a path has a backslash or a drive letter");
    if (sum(entry.files) !== entry.sizeBytes) report("sizeBytes", "not the sum over the files");
    if (entry.drift !== undefined && sum(entry.drift.files) !== entry.drift.sizeBytes) {
      report("drift", "sizeBytes is not the sum over the files");
    }
    if (entry.kind === "file" && driftPaths.length > 1) report("drift", "a file has exactly one");
    if (entry.kind === "file" && paths.length !== 1) report("files", "a file has exactly one");
    if (entry.kind === "file" && entry.entryPoint !== undefined) report("entryPoint", "a file has none");
    if (entry.kind === "directory" && entry.entryPoint !== undefined && !paths.includes(entry.entryPoint)) {
      report("entryPoint", "not one of the files");
    }
    if (entry.drift !== undefined && entry.entryPoint !== undefined && !driftPaths.includes(entry.entryPoint)) {
      report("drift", "entryPoint is not one of its files");
    }
  });

function isManagedPath(path: string): boolean {
  return relativePath.safeParse(path).success && isPortable(path);
}

/** Whether a path means the same on every platform: Windows splits at backslashes, and `C:x` is on another drive. */
function isPortable(path: string): boolean {
  return !path.includes("\\") && !/^[A-Za-z]:/.test(path);
}

/** Told apart by the text alone, as in `FileRef`: `/a`, `C:\a`, `\\server\share\a`. */
function isAbsolutePath(path: string): boolean {
  return !path.includes("\0") && /^(\/|[A-Za-z]:[\\/]|\\\\[^\\/])/.test(path);
}

function sum(records: readonly { readonly sizeBytes: number }[]): number {
  return records.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
