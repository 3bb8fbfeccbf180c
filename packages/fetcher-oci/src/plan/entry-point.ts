/** The file of a model that an engine opens, if one can be told by its name: its only GGUF file, or the first part of it. */
export function entryPointOf(paths: readonly string[]): string | undefined {
  const weights = paths.filter((path) => /\.gguf$/i.test(path) && !/(?:mmproj|projector|adapter)[^/]*$/i.test(path));
  const [only] = weights;
  if (only !== undefined && weights.length === 1) return only;
  const first = weights.filter((path) => /-0*1-of-\d+\.gguf$/i.test(path));
  const set = /^(.*)-\d+-of-(\d+)\.gguf$/i.exec(first[0] ?? "");
  const isOneSet = set !== null && weights.every((path) => path.startsWith(`${set[1]}-`));
  return first.length === 1 && isOneSet ? first[0] : undefined;
}
