import { createHash } from "node:crypto";
import type { HubFile } from "./hub-file.ts";

/** A commit with all that is in it. The ids are those that git would give. */
export interface Commit {
  /** 40 lower-case hex digits. */
  readonly id: string;
  readonly title: string;
  readonly date: Date;
  readonly files: ReadonlyMap<string, HubFile>;
  /** The ids of the trees, by path; that of the root is `""`. */
  readonly folders: ReadonlyMap<string, string>;
  /** How many commits come before it. */
  readonly depth: number;
}

/** The same files after the same parent are the same commit. */
export function makeCommit(files: ReadonlyMap<string, HubFile>, parent: Commit | undefined): Commit {
  const folders = new Map<string, string>();
  const root = addTree("", [...files.values()], folders);
  const depth = parent === undefined ? 0 : parent.depth + 1;
  const seconds = firstCommitSeconds + depth;
  const title = depth === 0 ? "initial commit" : `commit ${depth}`;
  const who = `Test Hub <test-hub@example.invalid> ${seconds} +0000`;
  const lines = [`tree ${root}`, ...(parent === undefined ? [] : [`parent ${parent.id}`]), `author ${who}`];
  const text = [...lines, `committer ${who}`, "", title, ""].join("\n");
  return { id: objectId("commit", Buffer.from(text)), title, date: new Date(seconds * 1000), files, folders, depth };
}

const firstCommitSeconds = Date.UTC(2025, 0, 1) / 1000;

/** @returns the id of the tree at `folder`, which is in `folders` then, and so are those below. */
function addTree(folder: string, files: readonly HubFile[], folders: Map<string, string>): string {
  const prefix = folder === "" ? "" : `${folder}/`;
  const entries: TreeEntry[] = [];
  for (const [name, below] of Map.groupBy(files, ({ path }) => path.slice(prefix.length).split("/", 1).join(""))) {
    const path = `${prefix}${name}`;
    const file = below.find((candidate) => candidate.path === path);
    if (file === undefined) entries.push({ mode: "40000", name, id: addTree(path, below, folders) });
    else if (below.length === 1) entries.push({ mode: "100644", name, id: file.blobId });
    else throw new TypeError(`"${path}" cannot be a file and a folder at once.`);
  }
  entries.sort((one, other) => Buffer.compare(sortKey(one), sortKey(other)));
  const parts = entries.map(({ mode, name, id }) => [Buffer.from(`${mode} ${name}\0`), Buffer.from(id, "hex")]);
  const tree = objectId("tree", Buffer.concat(parts.flat()));
  folders.set(folder, tree);
  return tree;
}

interface TreeEntry {
  readonly mode: "40000" | "100644";
  readonly name: string;
  readonly id: string;
}

/** git sorts folders as if their names ended with a slash. */
function sortKey({ mode, name }: TreeEntry): Buffer {
  return Buffer.from(mode === "40000" ? `${name}/` : name);
}

function objectId(type: string, data: Buffer): string {
  return createHash("sha1").update(`${type} ${data.length}\0`).update(data).digest("hex");
}
