import { type FetchPlan, type HfRef, isModelError, type ModelRef, schemeOf } from "@llama-orch/catalog-core";
import { hfError } from "../errors.ts";
import { findFile } from "../hub/find-file.ts";
import type { Hub } from "../hub/hub.ts";
import { digestOf, type HubFile, type HubSnapshot } from "../hub/hub-file.ts";
import { listFolder, listRepository } from "../hub/list-files.ts";
import { selects } from "./patterns.ts";
import { assertPortable } from "./portable-paths.ts";
import { modelOfTag } from "./quantization.ts";
import { type ModelFiles, parseShardName, shardSet } from "./shards.ts";

/** What a reference names, at the commit that it is pinned to. */
export interface PlannedModel {
  readonly plan: FetchPlan;
  readonly repository: string;
  readonly commit: string;
  /** What the Hub declares, by the plan's paths. */
  readonly files: ReadonlyMap<string, HubFile>;
}

/**
 * Pins the revision to a commit, and finds the files that are meant.
 * @throws ModelError of `HfErrorCode`
 */
export async function planModel(ref: HfRef, hub: Hub): Promise<PlannedModel> {
  const { selection } = ref;
  const repository = `${ref.org}/${ref.repo}`;
  const about = { repository, revision: ref.revision };
  const planned = (chosen: Chosen): PlannedModel => makePlan(ref, chosen, hub);
  switch (selection.type) {
    case "path":
      return planned(await choosePath(hub, { ...about, path: selection.path }));
    case "tag": {
      const { commit, files } = await listRepository(hub, about);
      return planned(chooseModel(commit, modelOfTag(files, selection.tag, repository), repository));
    }
    case "repository": {
      const { commit, files } = await listRepository(hub, about);
      const { include, exclude } = selection;
      const selected = files.filter(({ path }) => selects(path, include, exclude));
      if (selected.length === 0) throw nothingSelected(repository, [...include, ...exclude]);
      return planned({ commit, kind: "directory", files: selected });
    }
  }
}

/** @throws ModelError `HF_SCHEME_UNSUPPORTED` */
export function assertHfRef(ref: ModelRef): HfRef {
  if (ref.kind === "hf") return ref;
  throw hfError("HF_SCHEME_UNSUPPORTED", {
    message: `${schemeOf(ref)}: references are not fetched by fetcher-hf.`,
    hint: "It serves hf: references; compose the fetcher of the other scheme beside it.",
    facts: { scheme: schemeOf(ref) },
  });
}

interface Chosen {
  readonly commit: string;
  readonly kind: "file" | "directory";
  readonly files: readonly HubFile[];
  /** Directories: what an engine opens. */
  readonly entryPoint?: string;
  /** What the paths of the artifact leave out of those of the repository. */
  readonly below?: string;
}

interface PathQuestion {
  readonly repository: string;
  readonly revision: string | undefined;
  readonly path: string;
}

/** A file; of a model in several parts, all of them, where the first is named; a folder, with all in it. */
async function choosePath(hub: Hub, about: PathQuestion): Promise<Chosen> {
  const found = await findFile(hub, about).catch((error: unknown) => {
    if (isModelError(error, "HF_FILE_NOT_FOUND")) return error;
    throw error;
  });
  if (found instanceof Error) return chooseFolder(hub, about, found);
  const name = parseShardName(about.path);
  if (name === undefined || name.index !== 1) return { commit: found.commit, kind: "file", files: found.files };
  const folder = about.path.split("/").slice(0, -1).join("/");
  const beside = await listFolder(hub, { repository: about.repository, revision: found.commit }, folder);
  const set = shardSet(name, new Map(beside.map((file) => [file.path, file])));
  return chooseModel(found.commit, set, about.repository);
}

/** @param missing what is thrown when there is no such folder either. */
async function chooseFolder(hub: Hub, about: PathQuestion, missing: Error): Promise<Chosen> {
  const { repository, revision, path } = about;
  const { commit, files }: HubSnapshot = await listRepository(hub, { repository, revision });
  const within = files.filter((file) => file.path.startsWith(`${path}/`));
  if (within.length === 0) throw missing;
  return { commit, kind: "directory", files: within, below: `${path}/` };
}

/** @throws ModelError `HF_SHARD_MISSING` */
function chooseModel(commit: string, { files, missing }: ModelFiles, repository: string): Chosen {
  if (missing.length > 0) throw shardMissing(repository, missing);
  const [first] = files;
  if (first === undefined || files.length === 1) return { commit, kind: "file", files };
  const slash = first.path.lastIndexOf("/") + 1;
  return { commit, kind: "directory", files, entryPoint: first.path.slice(slash), below: first.path.slice(0, slash) };
}

function makePlan(ref: HfRef, { commit, kind, files, entryPoint, below = "" }: Chosen, hub: Hub): PlannedModel {
  const repository = `${ref.org}/${ref.repo}`;
  const named = files.map((file): [string, HubFile] => [file.path.slice(below.length), file]);
  assertPortable(named.map(([path]) => path));
  const plan: FetchPlan = {
    ref,
    source: `${hub.endpoint}/${repository}`,
    location: "managed",
    kind,
    revision: commit,
    files: named.map(([path, file]) => {
      const digest = digestOf(file);
      return { path, sizeBytes: file.sizeBytes, ...(digest !== undefined && { digest }) };
    }),
    ...(entryPoint !== undefined && { entryPoint }),
  };
  return { plan, repository, commit, files: new Map(named) };
}

function nothingSelected(repository: string, patterns: readonly string[]): Error {
  return hfError("HF_FILE_NOT_FOUND", {
    message: `The repository ${repository} has no file${patterns.length === 0 ? "" : " that the patterns select"}.`,
    hint: "See what it has (its page on the Hub, under Files), and mind upper and lower case in the patterns.",
    facts: { repository, patterns },
  });
}

function shardMissing(repository: string, missing: readonly string[]): Error {
  return hfError("HF_SHARD_MISSING", {
    message: `The repository ${repository} lacks ${missing.length} of the parts of this model: ${missing.slice(0, 3).join(", ")}.`,
    hint: "It may be uploaded just now: try again later, or take another revision.",
    facts: { repository, missing },
  });
}
