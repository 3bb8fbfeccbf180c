import type { Seen } from "./look.ts";

/** What has a place in a cache, by docs/on-disk-format.md; litter included. */
const places: readonly RegExp[] = [
  /^catalog\/entries\/([0-9a-f]{2})\/\1[0-9a-f]{62}(?:\.[0-9a-f]{32}\.state)?\.json$/,
  /^catalog\/tmp\/[0-9a-f-]{36}\.tmp$/,
  /^blobs\/sha256\/([0-9a-f]{2})\/\1[0-9a-f]{62}$/,
  /^blobs\/unsynced\/[0-9a-f-]{36}\/[0-9a-f]{64}$/,
  /^models\/[A-Za-z0-9][A-Za-z0-9._-]*-[0-9a-f]{16}\/(?:\.id|[0-9a-f]{16}\/.+)$/,
  /^ingest\/(?:[0-9a-f]{16}-[0-9a-f]{8}|[0-9a-f]{16}-private-[0-9a-f]{16}|removed-[0-9a-f]{16})\/.+$/,
  /^damaged\/.+-[0-9a-f]{8}(?:\/.+)?$/,
  // A holder that is killed leaves the journal that SQLite has made for its transaction.
  /^locks\/[0-9a-f]{16}\.(?:lock|lock-journal|json)$/,
];

/** Files that have no place where they are. */
export function strangersIn({ files }: Seen): readonly string[] {
  return [...files.keys()]
    .filter((path) => !places.some((place) => place.test(path)))
    .map((path) => `${path} has no place there.`);
}

/** What a collection without a grace period should have removed. @param spared folders of models that it cannot tell whose they are. */
export function litterIn(seen: Seen, spared: ReadonlySet<string>): readonly string[] {
  const entries = [...seen.entries.values()].filter(({ location }) => location === "managed");
  const versions = new Set(entries.map(({ localPath }) => firstOf(localPath, 3)));
  const models = new Set([...spared, ...[...versions].map((version) => firstOf(version, 2))]);
  const isKept = (path: string): boolean =>
    spared.has(firstOf(path, 2)) || versions.has(firstOf(path, 3)) || models.has(path.replace(/\/\.id$/, ""));
  const kept = [...seen.files.values()].filter(({ path }) => path.startsWith("models/") && isKept(path));
  const used = new Set(kept.map(({ inode }) => inode));
  const isLitter = (path: string): boolean => {
    const [top] = path.split("/");
    const file = seen.files.get(path);
    if (path === top) return false;
    if (top === "models") return !isKept(path);
    if (top === "blobs") return file !== undefined && !used.has(file.inode);
    if (top === "locks") return path.endsWith(".json");
    return top === "ingest" || top === "damaged";
  };
  return [...seen.files.keys(), ...seen.folders]
    .filter(isLitter)
    .map((path) => `${path} is litter, and was not collected.`);
}

function firstOf(path: string, segments: number): string {
  return path.split("/").slice(0, segments).join("/");
}
