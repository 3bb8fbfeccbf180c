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
  const typeOf = ({ mediaType }: Descriptor): string => mediaType.split(";", 1)[0] ?? "";
  return layers.map((layer): Part => {
    const own = filePath(layer);
    if (own !== undefined) return { type: "file", path: own, layer };
    const name = Object.hasOwn(names, typeOf(layer)) ? names[typeOf(layer)] : undefined;
    if (name === undefined) throw unsupportedLayer(layer, layout);
    const same = layers.filter((other) => typeOf(other) === typeOf(layer) && filePath(other) === undefined);
    return { type: "file", path: numberedName(name, same.indexOf(layer), same.length), layer };
  });
}
