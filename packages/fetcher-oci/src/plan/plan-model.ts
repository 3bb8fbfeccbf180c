import type { FetchContext, FetchPlan, ModelRef, PlannedFile } from "@llama-orch/catalog-core";
import type { ArchivePart, Part } from "../layout/layout.ts";
import { recognise } from "../layout/recognise.ts";
import { resolveManifest } from "../manifest/resolve-manifest.ts";
import type { OciReference } from "../reference/oci-reference.ts";
import type { Registry } from "../registry/registry.ts";
import { archivePath } from "./archive-path.ts";
import { entryPointOf } from "./entry-point.ts";
import { fileNotFound } from "./not-found.ts";
import { assertPortable } from "./plan-paths.ts";
import { selectedName, type Selection } from "./select.ts";

/** What a reference names, pinned to a manifest. */
export interface PlannedModel {
  readonly plan: FetchPlan;
  /** What of it does not depend on its files. */
  readonly facts: PlanFacts;
  readonly reference: OciReference;
  readonly files: readonly FilePart[];
  /** In the order of the layers: what they bring is known when they are here. */
  readonly archives: readonly ArchivePart[];
}

export type FilePart = Part & { readonly type: "file" };

/**
 * Resolves the tag, recognises the layout, and names the files.
 * @throws ModelError of `OciErrorCode` and `TransferErrorCode`
 */
export async function planModel(
  ref: ModelRef,
  reference: OciReference,
  how: { readonly places: readonly Registry[]; readonly platform: string | undefined; readonly context: FetchContext },
): Promise<PlannedModel> {
  const { digest, document } = await resolveManifest(reference, how.places, how);
  const name = `${reference.registry}/${reference.repository}@${digest}`;
  const layout = recognise(document, name);
  const parts = layout.parts(document);
  const { files, archives } = select(parts, reference);
  if (files.length === 0 && archives.length === 0) {
    throw fileNotFound(
      name,
      reference.path,
      parts.flatMap((part) => (part.type === "file" ? [part.path] : [])),
    );
  }
  assertPortable([...files.map(({ path }) => path), ...new Set(archives.map(archivePath))]);
  const facts: PlanFacts = {
    ref,
    source: `oci://${reference.registry}/${reference.repository}`,
    location: "managed",
    revision: digest,
    layout: layout.name,
  };
  const plan = archives.length === 0 ? closedPlan(facts, files.map(plannedFile)) : openPlan(facts, files, archives);
  return { plan, facts, reference, files, archives };
}

/** One whose path is the selected one is all that is meant: no archive has to be looked into. */
function select(parts: readonly Part[], selection: Selection): Pick<PlannedModel, "files" | "archives"> {
  const files = parts.filter((part) => part.type === "file");
  const exact = files.filter(({ path }) => path === selection.path);
  const wanted = exact.length > 0 ? exact : files;
  return {
    files: wanted.flatMap((part) => {
      const path = selectedName(part.path, selection);
      return path === undefined ? [] : [{ ...part, path }];
    }),
    archives: exact.length > 0 ? [] : parts.filter((part) => part.type === "archive"),
  };
}

export function plannedFile({ path, layer }: FilePart): PlannedFile {
  return { path, sizeBytes: layer.size, digest: layer.digest };
}

type PlanFacts = Pick<FetchPlan, "ref" | "source" | "location" | "revision" | "layout">;

/** Of files that are all known. */
export function closedPlan(facts: PlanFacts, files: readonly PlannedFile[]): FetchPlan {
  const isFile = files.length === 1;
  const entryPoint = isFile ? undefined : entryPointOf(files.map(({ path }) => path));
  const kind = isFile ? "file" : "directory";
  return { ...facts, kind, files, ...(entryPoint !== undefined && { entryPoint }) };
}

function openPlan(facts: PlanFacts, files: readonly FilePart[], archives: readonly ArchivePart[]): FetchPlan {
  const brought = new Map(archives.map((part) => [archivePath(part), part.layer.size]));
  return {
    ...facts,
    kind: "directory",
    isOpen: true,
    // An archive is not what stays: it has no digest here, by which it would be looked for among what is here already.
    files: [...files.map(plannedFile), ...[...brought].map(([path, sizeBytes]) => ({ path, sizeBytes }))],
  };
}
