import type { Descriptor } from "../manifest/documents.ts";

/** The name that a layer's file has, by the annotations in use; relative, without `./` before it. */
export function filePath({ annotations }: Descriptor): string | undefined {
  const path =
    annotations["org.cncf.model.filepath"] ??
    annotations["org.cnai.model.filepath"] ??
    annotations["org.opencontainers.image.title"];
  return path === undefined || path === "" ? undefined : path.replace(/^(?:\.\/+)+/, "");
}
