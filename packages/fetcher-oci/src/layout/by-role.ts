import type { Descriptor } from "../manifest/documents.ts";
import { filePath } from "./file-path.ts";
import type { Part } from "./layout.ts";
import { numberedName } from "./numbered-names.ts";
import { unsupportedLayer } from "./unsupported-layer.ts";

/** Layers whose media type says what they are for: the name of a file follows from it, unless an annotation tells its own. */
export function partsByRole(
  layers: readonly Descriptor[],
  names: Readonly<Record<string, string>>,
  layout: string,
): readonly Part[] {
  const seen = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const layer of layers.filter((each) => filePath(each) === undefined))
    counts.set(typeOf(layer), (counts.get(typeOf(layer)) ?? 0) + 1);
  return layers.map((layer): Part => {
    const own = filePath(layer);
    if (own !== undefined) return { type: "file", path: own, layer };
    const type = typeOf(layer);
    const name = Object.hasOwn(names, type) ? names[type] : undefined;
    if (name === undefined) throw unsupportedLayer(layer, layout);
    const index = seen.get(type) ?? 0;
    seen.set(type, index + 1);
    return { type: "file", path: numberedName(name, index, counts.get(type) ?? 1), layer };
  });
}

function typeOf({ mediaType }: Descriptor): string {
  return mediaType.split(";", 1)[0] ?? "";
}
