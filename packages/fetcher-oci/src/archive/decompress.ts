import type { Transform } from "node:stream";
import zlib from "node:zlib";
import { ociError } from "../errors.ts";
import type { Compression } from "../layout/layout.ts";

/**
 * What makes the archive of a layer; nothing where the layer is one.
 * @throws ModelError `OCI_LAYER_UNSUPPORTED`
 */
export function decompressor(compression: Compression): Transform | undefined {
  if (compression === "none") return undefined;
  if (compression === "gzip") return zlib.createGunzip({ chunkSize });
  // Node 22 has it from 22.15 on.
  const make: unknown = Reflect.get(zlib, "createZstdDecompress");
  if (typeof make === "function") return zlib.createZstdDecompress({ chunkSize });
  throw ociError("OCI_LAYER_UNSUPPORTED", {
    message: "A layer of the model is compressed with zstd, which this version of Node cannot read.",
    hint: "Node 22.15 and 23.8 can, and what came after them.",
    facts: { mediaType: "tar+zstd" },
  });
}

/** In bytes. */
const chunkSize = 256 * 1024;
