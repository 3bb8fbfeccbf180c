import type { FetchedArtifact, FetchedFile, FetchPlan, PlannedFile } from "@llama-orch/catalog-core";
import { bringFiles } from "@llama-orch/transfer";
import type { UnpackedFile } from "../archive/unpacked.ts";
import { archivePath } from "../plan/archive-path.ts";
import { fileNotFound } from "../plan/not-found.ts";
import { closedPlan, plannedFile, type PlannedModel } from "../plan/plan-model.ts";
import { assertPortable } from "../plan/plan-paths.ts";
import { fetchLayer, type LayerFetch, type WantedLayer } from "./fetch-layer.ts";
import { unpackArchives } from "./unpack-archives.ts";

/** Brings the layers of a model that are not here, and unpacks those that are archives when all are there. */
export async function fetchModel(model: PlannedModel, how: LayerFetch): Promise<FetchedArtifact> {
  const { ingest, context, settings } = how;
  const files = model.files.map(({ path, layer }) => ({ path, sizeBytes: layer.size, layer }));
  const brought = await bringFiles([...files, ...archivesOf(model)], {
    present: ingest.present,
    signal: context.signal,
    bring: (wanted, signal) => fetchLayer(wanted, { ...how, context: { ...context, signal } }),
  });
  if (model.archives.length === 0) return brought;
  const unpacked = await unpackArchives(model.archives, {
    ingest,
    context,
    limits: settings.archives,
    selection: model.reference,
  });
  const isArchive = new Set(model.archives.map(archivePath));
  return {
    ...brought,
    files: [...brought.files.filter(({ path }) => !isArchive.has(path)), ...unpacked.map(fetchedFile)],
    plan: planOfAll(model, unpacked),
  };
}

/** Two layers may be the same one. */
function archivesOf({ archives }: PlannedModel): readonly WantedLayer[] {
  const byPath = new Map(archives.map((part) => [archivePath(part), part.layer]));
  return [...byPath].map(([path, layer]) => ({ path, sizeBytes: layer.size, layer }));
}

function fetchedFile({ name: path, sizeBytes, sha256 }: UnpackedFile): FetchedFile {
  // The archive was compared with its digest before it was unpacked.
  return { path, sizeBytes, digests: [`sha256:${sha256}`], sourceChecked: true };
}

/** @throws ModelError `OCI_FILE_NOT_FOUND`, `OCI_PATHS_UNSUPPORTED` */
function planOfAll({ facts, files: direct, reference }: PlannedModel, unpacked: readonly UnpackedFile[]): FetchPlan {
  const files: readonly PlannedFile[] = [
    ...direct.map(plannedFile),
    ...unpacked.map(({ name: path, sizeBytes }) => ({ path, sizeBytes })),
  ];
  if (files.length === 0) throw fileNotFound(facts.source, reference.path, []);
  assertPortable(files.map(({ path }) => path));
  return closedPlan(facts, files);
}
