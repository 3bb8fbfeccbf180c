import type { Descriptor } from "../manifest/documents.ts";
import type { Compression, Layout, Part } from "./layout.ts";
import { unsupportedLayer } from "./unsupported-layer.ts";

const name = "Modelcar";
const configs: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.config.v1+json",
  "application/vnd.docker.container.image.v1+json",
]);
const compressions: Readonly<Record<string, Compression>> = {
  "application/vnd.oci.image.layer.v1.tar": "none",
  "application/vnd.oci.image.layer.v1.tar+gzip": "gzip",
  "application/vnd.oci.image.layer.v1.tar+zstd": "zstd",
  "application/vnd.docker.image.rootfs.diff.tar": "none",
  "application/vnd.docker.image.rootfs.diff.tar.gzip": "gzip",
};

/** An ordinary image that has the model in its folder `/models`, as KServe takes it. */
export const modelcar: Layout = {
  name,
  recognises: ({ config, layers }) =>
    configs.has(config.mediaType) && layers.some(({ mediaType }) => Object.hasOwn(compressions, mediaType)),
  parts: ({ layers }) => layers.map(partOf),
};

function partOf(layer: Descriptor): Part {
  const compression = Object.hasOwn(compressions, layer.mediaType) ? compressions[layer.mediaType] : undefined;
  if (compression === undefined) throw unsupportedLayer(layer, name);
  return { type: "archive", layer, compression, below: "models", whiteouts: true };
}
