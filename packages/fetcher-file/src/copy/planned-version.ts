import type { FetchPlan } from "@llama-orch/catalog-core";
import { fileChanged, type VersionedFile, versionHash, versionOf } from "../file-version.ts";
import { sourcePath } from "../model-source.ts";
import { statFile } from "../stat-file.ts";
import { inLanes } from "./in-lanes.ts";

/** What a plan recognises this version of the model by. */
export function validatorsOf(
  kind: FetchPlan["kind"],
  files: readonly VersionedFile[],
): Readonly<Record<string, string>> {
  const [first] = files;
  if (kind === "directory" || first === undefined) return { versions: versionHash(files) };
  const { sizeBytes, mtimeNs, inode } = first.version;
  return { sizeBytes: String(sizeBytes), mtimeNs, inode };
}

/**
 * The planned files as they are now, which is as they were planned.
 * @throws ModelError `FILE_CHANGED`; `FILE_NOT_FOUND`, `FILE_NOT_READABLE`, `FILE_NOT_REGULAR`, `FILE_IO`
 */
export async function plannedFiles(
  plan: FetchPlan,
  root: string,
  signal: AbortSignal,
): Promise<readonly VersionedFile[]> {
  const files = await inLanes(plan.files, signal, () => async ({ path, sizeBytes }) => {
    const file = sourcePath({ kind: plan.kind, root }, path);
    const stats = await statFile(file);
    const version = versionOf(stats);
    if (stats.isFile() && version.sizeBytes === sizeBytes) return { path, version };
    throw fileChanged(file, whileIdle, { sizeBefore: sizeBytes, sizeAfter: version.sizeBytes });
  });
  if (isSame(validatorsOf(plan.kind, files), plan.validators)) return files;
  throw fileChanged(root, whileIdle);
}

const whileIdle = "after it was planned, and before it was copied";

function isSame(
  now: Readonly<Record<string, string>>,
  planned: Readonly<Record<string, string | undefined>> = {},
): boolean {
  return Object.entries(now).every(([name, value]) => planned[name] === value);
}
