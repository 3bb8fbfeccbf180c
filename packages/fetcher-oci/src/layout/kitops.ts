import type { Descriptor } from "../manifest/documents.ts";
import type { Layout, Part } from "./layout.ts";
import { unsupportedLayer } from "./unsupported-layer.ts";

const name = "KitOps";
const kind = /^application\/vnd\.kitops\.modelkit\./;
const layerType =
  /^application\/vnd\.kitops\.modelkit\.(?:model|modelpart|dataset|code|docs?|prompt)\.v1\.tar(?:\+(gzip|zstd))?$/;

/** A ModelKit (kitops.org): each layer an archive of the files that its Kitfile names. */
export const kitops: Layout = {
  name,
  recognises: ({ artifactType, config: { mediaType } }) => kind.test(artifactType ?? "") || kind.test(mediaType),
  parts: ({ layers }) => layers.map(partOf),
};

function partOf(layer: Descriptor): Part {
  const found = layerType.exec(layer.mediaType);
  if (found === null) throw unsupportedLayer(layer, name);
  return { type: "archive", layer, compression: found[1] === "gzip" || found[1] === "zstd" ? found[1] : "none" };
}
