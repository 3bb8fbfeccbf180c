import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DigestText } from "@llama-orch/catalog-core";
import { lookAt, type Seen, type SeenFile, seenFile } from "./look.ts";
import { idOf } from "./perform.ts";
import {
  digestOf,
  digestOfFound,
  initialVersions,
  localNames,
  sourceAt,
  type SourceName,
  sourceNames,
  versions,
} from "./sources.ts";

/** One cache with the sources around it, and what the test knows of them. */
export class World implements Disposable {
  readonly cacheDir: string;
  readonly sources: string;
  readonly versions: Record<SourceName, number> = { ...initialVersions };
  /** Versions that a source has had. */
  readonly had = new Map<SourceName, Set<number>>();
  /** Digests that were ever expected of a model: who expects one vouches for it. */
  readonly vouched = new Map<SourceName, Set<DigestText>>();
  /** Inodes whose bytes are on the disk, whatever happens to the power. */
  readonly synced = new Set<bigint>();
  /** Counts how often the machine was started. */
  boot = 0;
  seen: Seen;
  /** What is wrong with the cache, and may be so because of the damage that was played. */
  flaws: ReadonlySet<string> = new Set();
  readonly #root: string;
  #seconds = Date.UTC(2024, 0, 1) / 1_000;
  readonly #local = new Map<SourceName, SeenFile>();

  private constructor(root: string, seen: Seen) {
    this.#root = root;
    this.cacheDir = join(root, "cache");
    this.sources = join(root, "sources");
    this.seen = seen;
    for (const name of sourceNames) {
      this.had.set(name, new Set());
      this.vouched.set(name, new Set());
      this.publish(name, 0);
    }
  }

  static async create(arena: string): Promise<World> {
    const root = mkdtempSync(join(arena, "world-"));
    for (const folder of [root, join(root, "cache"), join(root, "sources")]) {
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o777); // the workers are somebody else
    }
    return new World(root, await lookAt(join(root, "cache")));
  }

  idOf(name: SourceName): string {
    return idOf(name, this.sources);
  }

  nameOf(id: string): SourceName | undefined {
    return sourceNames.find((name) => this.idOf(name) === id);
  }

  /** Gives a source a version; the same one again changes nothing but the time of a local file. */
  publish(name: SourceName, version: number): void {
    this.versions[name] = version;
    this.had.get(name)?.add(version);
    if (!localNames.includes(name)) return;
    for (const [path, bytes] of Object.entries(sourceAt(name, version).files)) {
      writeFileSync(join(this.sources, path), bytes);
      this.#local.set(name, seenFile(join(this.sources, path), path));
    }
  }

  currentDigest(name: SourceName): DigestText {
    return digestOf(name, this.versions[name]);
  }

  /** Whether a model may have these bytes at all: its source had them, or a caller asked for just them. */
  mayHave(name: SourceName, digest: DigestText): boolean {
    const had = versions.filter((version) => this.had.get(name)?.has(version));
    return had.some((version) => digestOf(name, version) === digest) || this.vouched.get(name)?.has(digest) === true;
  }

  /** Of the bytes that an engine would read at a path that was given for a model; `undefined` if some are missing. */
  digestServed(
    name: SourceName,
    localPath: string,
    read: (path: string) => Buffer | undefined,
  ): DigestText | undefined {
    const { kind, entryPoint } = sourceAt(name, 0);
    const root = entryPoint === undefined ? localPath : localPath.slice(0, -entryPoint.length - 1);
    return digestOfFound(name, (path) => read(kind === "file" ? root : join(root, path)));
  }

  /** A time of modification that no file has yet, in seconds. */
  nextSecond(): number {
    this.#seconds += 1;
    return this.#seconds;
  }

  /** The user's own files that are no longer as the user left them. */
  touchedSources(): readonly SourceName[] {
    return localNames.filter((name) => {
      const left = this.#local.get(name);
      if (left === undefined) return true;
      const now = seenFile(join(this.sources, left.path), left.path);
      return (["inode", "links", "mtimeNs", "mode", "digest"] as const).some((fact) => now[fact] !== left[fact]);
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}
