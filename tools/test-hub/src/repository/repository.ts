import { type Commit, makeCommit } from "./git-commit.ts";
import type { Content } from "../content/content.ts";
import { type HubFile, hubFile } from "./hub-file.ts";
import type { FileChanges, RepositorySpec } from "./repository-spec.ts";

/** A repository of a running hub. */
export interface HubRepository {
  /** `org/repo`. */
  readonly name: `${string}/${string}`;
  /** Its page. */
  readonly url: string;
  /** The newest commit of `main`: 40 lower-case hex digits. */
  readonly commit: string;
  /**
   * Makes a new commit on a branch, which begins at `main` where there is none of that name. Older commits can still be
   * asked for by their id.
   *
   * @returns the id of the commit.
   */
  commitFiles(changes: FileChanges, options?: { readonly branch?: string }): string;
  /**
   * Names a commit; a tag of that name moves.
   *
   * @param revision a branch, tag or commit. @default "main"
   * @throws {TypeError} there is no such revision.
   */
  tag(name: string, revision?: string): void;
}

/** As the routes of the hub see it. */
export interface StoredRepository extends HubRepository {
  readonly spec: RepositorySpec;
  /** The newest commits, by name of the branch. */
  readonly branches: ReadonlyMap<string, Commit>;
  readonly tags: ReadonlyMap<string, Commit>;
  /** What the CDN has of it, of any commit: by SHA-256. */
  readonly lfsContents: ReadonlyMap<string, Content>;
  /** @param revision a branch, a tag, or the id of a commit. */
  find(revision: string): Commit | undefined;
}

export function createRepository(name: `${string}/${string}`, spec: RepositorySpec, url: string): StoredRepository {
  if (!/^[\w.-]+\/[\w.-]+$/.test(name)) throw new TypeError(`"${name}" is no name of a repository: org/repo.`);
  const commits = new Map<string, Commit>();
  const branches = new Map<string, Commit>();
  const tags = new Map<string, Commit>();
  const lfsContents = new Map<string, Content>();

  function commit(branch: string, changes: FileChanges, base: Commit | undefined): Commit {
    const made = makeCommit(changed(base?.files ?? new Map(), changes), base);
    commits.set(made.id, made);
    branches.set(branch, made);
    for (const { lfs, content } of made.files.values()) if (lfs !== undefined) lfsContents.set(lfs.sha256, content);
    return made;
  }

  const find = (revision: string): Commit | undefined =>
    branches.get(revision) ?? tags.get(revision) ?? commits.get(revision);

  const first = commit("main", spec.files, undefined);
  for (const tag of spec.tags ?? []) tags.set(tag, first);
  for (const [branch, changes] of Object.entries(spec.branches ?? {})) commit(branch, changes, first);

  return {
    name,
    url,
    spec,
    branches,
    tags,
    lfsContents,
    find,
    get commit() {
      return (branches.get("main") ?? first).id;
    },
    commitFiles: (changes, { branch = "main" } = {}) =>
      commit(branch, changes, branches.get(branch) ?? branches.get("main")).id,
    tag(tag, revision = "main") {
      const target = find(revision);
      if (target === undefined) throw new TypeError(`${name} has no revision "${revision}".`);
      tags.set(tag, target);
    },
  };
}

function changed(files: ReadonlyMap<string, HubFile>, changes: FileChanges): ReadonlyMap<string, HubFile> {
  const result = new Map(files);
  for (const [path, spec] of Object.entries(changes)) {
    assertPath(path);
    if (spec === null) result.delete(path);
    else result.set(path, hubFile(path, spec));
  }
  return result;
}

function assertPath(path: string): void {
  if (path.split("/").some((name) => name === "" || name === "." || name === "..")) {
    throw new TypeError(`"${path}" is no path of a repository: names, with one slash between them.`);
  }
}
