import type { Descriptor } from "../manifest/documents.ts";
import { filePath } from "./file-path.ts";
import type { Layout, Part } from "./layout.ts";
import { unsupportedLayer } from "./unsupported-layer.ts";

const name = "ModelPack";
const config = /^application\/vnd\.(?:cncf|cnai)\.model\.config\.v1\+json$/;
const artifact = /^application\/vnd\.(?:cncf|cnai)\.model\.manifest\.v1\+json$/;
const layerType =
  /^application\/vnd\.(?:cncf|cnai)\.model\.(?:weight|weight\.config|doc|code|dataset)\.v1\.(?:raw|tar(?:\+(gzip|zstd))?)$/;

/** The specification of the CNCF (github.com/modelpack/model-spec), and what it was called before. */
export const modelPack: Layout = {
  name,
  recognises: ({ artifactType, config: { mediaType } }) => artifact.test(artifactType ?? "") || config.test(mediaType),
  parts: ({ layers }) => layers.map(partOf),
};

function partOf(layer: Descriptor): Part {
  const found = layerType.exec(layer.mediaType);
  if (found === null) throw unsupportedLayer(layer, name);
  if (!layer.mediaType.endsWith(".raw"))
    return { type: "archive", layer, compression: found[1] === "gzip" || found[1] === "zstd" ? found[1] : "none" };
  const path = filePath(layer);
  if (path === undefined) throw unsupportedLayer(layer, `${name} without a file path`);
  return { type: "file", path, layer };
}
