import { ociError } from "../errors.ts";
import type { ManifestDocument } from "../manifest/documents.ts";
import { dockerModel } from "./docker-model.ts";
import { kitops } from "./kitops.ts";
import type { Layout } from "./layout.ts";
import { modelcar } from "./modelcar.ts";
import { modelPack } from "./model-pack.ts";
import { ollama } from "./ollama.ts";
import { orasFiles } from "./oras-files.ts";

/** The first that recognises a manifest counts: the ones that say what they are come before those that are inferred. */
const layouts: readonly Layout[] = [modelPack, dockerModel, ollama, kitops, orasFiles, modelcar];

/**
 * In which way a manifest lays out its model.
 * @throws ModelError `OCI_LAYOUT_UNKNOWN`
 */
export function recognise(manifest: ManifestDocument, name: string): Layout {
  const layout = layouts.find((each) => each.recognises(manifest));
  if (layout !== undefined) return layout;
  const artifactType = manifest.artifactType ?? manifest.config.mediaType;
  const layers = [...new Set(manifest.layers.map(({ mediaType }) => mediaType))];
  throw ociError("OCI_LAYOUT_UNKNOWN", {
    message: `${name} is no model as far as is known here: an artifact of the kind ${artifactType}, with layers of the kinds ${layers.join(", ") || "(none)"}.`,
    hint: `Known are ${layouts.map((each) => each.name).join(", ")}; oras push FILE makes an artifact that keeps the names of files.`,
    facts: { artifactType, layers },
  });
}
