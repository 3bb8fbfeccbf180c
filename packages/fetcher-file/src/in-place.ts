import type { FetchContext, FetchedArtifact, FetchPlan, ModelRef, PlannedFile } from "@llama-orch/catalog-core";
import { fileChanged } from "./file-version.ts";
import { localPathOf } from "./local-path.ts";
import { lookAtModel, sourcePath } from "./model-source.ts";
import { statFile } from "./stat-file.ts";

/** A model that is used where it lies. */
export async function planInPlace(ref: ModelRef, { signal }: FetchContext): Promise<FetchPlan> {
  const { root, kind, files } = await lookAtModel(localPathOf(ref), signal);
  const planned = files.map(({ path, version }) => ({ path, sizeBytes: version.sizeBytes }));
  return { ref, source: root, location: "external", kind, files: planned };
}

/** Confirms that what was planned is still there, in the sizes that were planned. */
export async function confirmInPlace(plan: FetchPlan, { signal }: FetchContext): Promise<FetchedArtifact> {
  const externalPath = localPathOf(plan.ref);
  const files = [];
  for (const file of plan.files) {
    signal.throwIfAborted();
    files.push(await confirm(sourcePath({ kind: plan.kind, root: externalPath }, file.path), file));
  }
  return { files, externalPath, movedBytes: 0, reusedBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) };
}

async function confirm(path: string, planned: PlannedFile): Promise<{ path: string; sizeBytes: number }> {
  const stats = await statFile(path);
  const sizeBytes = Number(stats.size);
  if (stats.isFile() && sizeBytes === planned.sizeBytes) return { path: planned.path, sizeBytes };
  throw fileChanged(path, "between the plan and the look at it", {
    sizeBefore: planned.sizeBytes,
    sizeAfter: sizeBytes,
  });
}
