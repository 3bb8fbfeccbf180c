import { join } from "node:path";
import { collectGarbage, type Durability, type GarbageOptions } from "@llama-orch/artifact-store";
import { FsCatalog, type ResolvedModel } from "@llama-orch/catalog-core";
import { type FileFetcher, fileFetcher } from "@llama-orch/fetcher-file";
import { removeModel } from "../maintain/remove-model.ts";
import type { EnsureOptions } from "../options/provisioner-options.ts";
import { ModelProvisioner } from "../provisioner.ts";

/** What is done to a cache whose models are copied from the files beside it. Plain JSON, for a process to be told. */
export type Step = EnsureStep | RemoveStep | CollectStep;

export interface EnsureStep {
  readonly do: "ensure";
  /** Relative to the root. */
  readonly reference: string;
  readonly digest?: string;
  readonly durability?: Durability;
  readonly refresh?: boolean;
}

export interface RemoveStep {
  readonly do: "remove";
  readonly reference: string;
}

export interface CollectStep extends Pick<GarbageOptions, "maxSizeBytes"> {
  readonly do: "collect";
}

export function readStep(json: string): Step {
  return JSON.parse(json) as Step; // written by these tests themselves
}

/** @param root the folder that holds `cache/` and the files. */
export async function takeStep(root: string, step: Step): Promise<void> {
  switch (step.do) {
    case "ensure":
      await ensureStep(root, step);
      return;
    case "remove": {
      const provisioner = copyProvisioner(root);
      await removeModel(provisioner.catalog, provisioner.idOf(step.reference));
      return;
    }
    case "collect": {
      const { do: _, ...options } = step;
      await collectGarbage(cacheOf(root), { ...options, graceMs: 0 });
    }
  }
}

export async function ensureStep(root: string, { reference, digest, ...step }: EnsureStep): Promise<ResolvedModel> {
  const { do: _, ...options }: Omit<EnsureStep, "reference" | "digest"> & EnsureOptions = step;
  return copyProvisioner(root).ensurePresentStr(reference, digest, options);
}

export function cacheOf(root: string): FsCatalog {
  return new FsCatalog(join(root, "cache"));
}

function copyProvisioner(root: string): ModelProvisioner<FsCatalog, FileFetcher> {
  return new ModelProvisioner(cacheOf(root), fileFetcher({ stage: "copy" }), { cwd: root });
}
