import { filesOf, type Seen } from "./look.ts";

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

/** What a collection without a grace period should have removed. */
export function litterIn(seen: Seen): readonly string[] {
  const entries = [...seen.entries.values()].filter(({ location }) => location === "managed");
  const versions = new Set(entries.map(({ localPath }) => localPath.split("/").slice(0, 3).join("/")));
  const models = new Set([...versions].map((version) => version.slice(0, version.lastIndexOf("/"))));
  const used = new Set(entries.flatMap((entry) => filesOf(entry, seen).map(({ file }) => file?.inode)));
  const isLitter = (path: string): boolean => {
    const [top, , third] = path.split("/");
    if (top === "models" && third === ".id") return !models.has(path.slice(0, -"/.id".length));
    if (top === "models" && third !== undefined) return !versions.has(path.split("/").slice(0, 3).join("/"));
    if (top === "models" && path !== "models") return !models.has(path);
    if (top === "blobs") return seen.files.has(path) && !used.has(seen.files.get(path)?.inode);
    if (top === "locks") return path.endsWith(".json");
    return (top === "ingest" || top === "damaged") && path !== top;
  };
  return [...seen.files.keys(), ...seen.folders]
    .filter(isLitter)
    .map((path) => `${path} is litter, and was not collected.`);
}
