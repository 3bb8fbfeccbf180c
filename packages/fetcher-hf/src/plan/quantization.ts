import { hfError } from "../errors.ts";
import type { HubFile } from "../hub/hub-file.ts";
import { groupShards, type ModelFiles, parseShardName } from "./shards.ts";

/**
 * The one model of a repository that a quantization tag means: a GGUF file, or the parts of one, whose name (or whose folder's) has the
 * tag as a part of its own, whatever its case.
 * @throws ModelError `HF_TAG_NOT_FOUND`, `HF_TAG_AMBIGUOUS`
 */
export function modelOfTag(files: readonly HubFile[], tag: string, repository: string): ModelFiles {
  const models = groupShards(files.filter(({ path }) => isModel(path)));
  const candidates = models.filter((model) => hasTag(nameOf(model), tag));
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  if (only === undefined) throw notFound(models, tag, repository);
  // One whose name ends with the tag comes before those that have it elsewhere, in a folder or before a variant.
  const ending = candidates.filter((model) => endsWithTag(nameOf(model), tag));
  const [exact] = ending;
  if (exact !== undefined && ending.length === 1) return exact;
  throw ambiguous(candidates, tag, repository);
}

/** GGUF files that an engine opens by themselves: no projectors of images, and no statistics for making quantizations. */
function isModel(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  return /\.gguf(\.part\d+of\d+)?$/i.test(name) && !/mmproj|imatrix/i.test(name);
}

/** The path without its number among parts, and without its ending. */
function nameOf({ files: [first] }: ModelFiles): string {
  const path = first?.path ?? "";
  return (parseShardName(path)?.base ?? path).replace(/\.gguf$/i, "");
}

function hasTag(name: string, tag: string): boolean {
  return new RegExp(`(^|[/._-])${escaped(tag)}($|[/._-])`, "i").test(name);
}

function endsWithTag(name: string, tag: string): boolean {
  return new RegExp(`(^|[/._-])${escaped(tag)}$`, "i").test(name.split("/").at(-1) ?? "");
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** As quantizations are written: `Q4_K_M`, `IQ2_XXS`, `UD-Q4_K_XL`, `BF16`, `MXFP4_MOE`. */
const quantization = /(?:UD-)?(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|BF16|F16|F32|FP16|MXFP4(?:_[A-Z]+)*)$/i;

function notFound(models: readonly ModelFiles[], tag: string, repository: string): Error {
  const tags = models.map((model) => quantization.exec(nameOf(model))?.[0] ?? nameOf(model));
  const available = [...new Set(tags)].toSorted();
  return hfError("HF_TAG_NOT_FOUND", {
    message:
      available.length === 0
        ? `The repository ${repository} has no GGUF files, and so none for the tag ${tag}.`
        : `The repository ${repository} has no model ${tag}.`,
    hint:
      available.length === 0
        ? `Name its files by path or by patterns: hf:${repository}?include=*.safetensors, say.`
        : `It has ${available.join(", ")}.`,
    facts: { repository, tag, available },
  });
}

function ambiguous(candidates: readonly ModelFiles[], tag: string, repository: string): Error {
  const paths = candidates.map(({ files: [first] }) => first?.path ?? "");
  return hfError("HF_TAG_AMBIGUOUS", {
    message: `The tag ${tag} means several models of ${repository}: ${paths.join(", ")}.`,
    hint: `Name the file: hf:${repository}/${paths[0] ?? ""}.`,
    facts: { repository, tag, candidates: paths },
  });
}
