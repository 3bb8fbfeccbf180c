import type { HubFile } from "../hub/hub-file.ts";

/** A file of a model that is cut into several. */
export interface ShardName {
  /** What all of them begin with, folder included. */
  readonly base: string;
  /** From 1. */
  readonly index: number;
  readonly count: number;
  readonly pathOf: (index: number) => string;
}

/** `name-00001-of-00005.gguf`, and `name.gguf.part1of9`. */
export function parseShardName(path: string): ShardName | undefined {
  const [, base, index, count] = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/i.exec(path) ?? [];
  if (base !== undefined && index !== undefined && count !== undefined) {
    const ending = path.slice(-5);
    const pathOf = (at: number): string => `${base}-${String(at).padStart(5, "0")}-of-${count}${ending}`;
    return { base, index: Number(index), count: Number(count), pathOf };
  }
  const [, start, part, parts] = /^(.+\.gguf)\.part(\d+)of(\d+)$/i.exec(path) ?? [];
  if (start === undefined || part === undefined || parts === undefined) return undefined;
  return { base: start, index: Number(part), count: Number(parts), pathOf: (at) => `${start}.part${at}of${parts}` };
}

/** A model of a repository: one file, or all parts of one. */
export interface ModelFiles {
  /** In the order of their numbers; the first is what an engine opens. */
  readonly files: readonly HubFile[];
  /** Paths of parts that the repository lacks. */
  readonly missing: readonly string[];
}

/** The files of models, put together where they are parts of one. */
export function groupShards(files: readonly HubFile[]): readonly ModelFiles[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const groups: ModelFiles[] = [];
  for (const file of files) {
    const name = parseShardName(file.path);
    if (name === undefined) groups.push({ files: [file], missing: [] });
    else if (name.index === firstIndexOf(name, byPath)) groups.push(shardSet(name, byPath));
  }
  return groups;
}

/** All parts of which one is given. */
export function shardSet({ count, pathOf }: ShardName, byPath: ReadonlyMap<string, HubFile>): ModelFiles {
  const paths = Array.from({ length: count }, (_none, index) => pathOf(index + 1));
  return {
    files: paths.flatMap((path) => byPath.get(path) ?? []),
    missing: paths.filter((path) => !byPath.has(path)),
  };
}

/** The lowest number that is there, so that each set is seen once, also one that lacks its first part. */
function firstIndexOf({ count, pathOf }: ShardName, byPath: ReadonlyMap<string, HubFile>): number {
  for (let index = 1; index <= count; index += 1) if (byPath.has(pathOf(index))) return index;
  return 0;
}
