/**
 * Names for layers that have none of their own: the second license is `LICENSE-2`, and several files of a model are numbered as
 * engines want the parts of one: `model-00001-of-00002.gguf`.
 */
export function numberedName(base: string, index: number, count: number): string {
  if (count === 1) return base;
  const [, stem = base, ending = ""] = /^(.+?)(\.[^.]+)?$/.exec(base) ?? [];
  if (ending === ".gguf" || ending === ".safetensors") {
    const digits = (number: number): string => String(number).padStart(5, "0");
    return `${stem}-${digits(index + 1)}-of-${digits(count)}${ending}`;
  }
  return index === 0 ? base : `${stem}-${index + 1}${ending}`;
}
