import type { Descriptor } from "../manifest/documents.ts";
import { filePath } from "./file-path.ts";
import type { Layout, Part } from "./layout.ts";

/** That a layer is an archive of a folder, which is to be unpacked. */
const unpack = "io.deis.oras.content.unpack";

/** Any artifact whose layers carry file names, as `oras push` makes them. What has no name is not a file for it, either. */
export const orasFiles: Layout = {
  name: "ORAS files",
  recognises: ({ layers }) => layers.some((layer) => filePath(layer) !== undefined),
  parts: ({ layers }) => layers.flatMap(partOf),
};

function partOf(layer: Descriptor): Part[] {
  const path = filePath(layer);
  if (path === undefined) return [];
  if (layer.annotations[unpack] !== "true") return [{ type: "file", path, layer }];
  const compression = layer.mediaType.endsWith("zstd") ? "zstd" : "gzip";
  return [{ type: "archive", layer, compression }];
}
