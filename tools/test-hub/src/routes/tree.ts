import { openRepository, openRevision } from "../access/open-repository.ts";
import { type Answer, jsonAnswer } from "../http/answer.ts";
import { HubError } from "../http/hub-error.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import type { Commit } from "../repository/git-commit.ts";
import { isTrue } from "./model-info.ts";
import { treeEntry } from "./tree-entry.ts";

export interface TreeAddress {
  readonly name: string;
  readonly revision: string;
  /** `""` for the root. */
  readonly folder: string;
}

/** `/api/models/{repo}/tree/{revision}[/{folder}]`, in pages: `Link` has the address of the next one. */
export function tree(state: HubState, call: HubCall, address: TreeAddress): Answer {
  const repository = openRepository(state, address.name, call.caller);
  const commit = openRevision(repository, address.revision);
  const expand = isTrue(call.query.get("expand"));
  const paths = pathsIn(commit, address.folder, isTrue(call.query.get("recursive")));
  const { limit, from } = pageOf(call.query, state.settings.treePageSize);
  const entries = paths.slice(from, from + limit).map((path) => treeEntry(repository, commit, { path, expand }));
  return jsonAnswer(entries, {
    "X-Repo-Commit": commit.id,
    ...(from + limit < paths.length && { Link: `<${nextPage(state, call, from + limit)}>; rel="next"` }),
  });
}

/** @throws {HubError} "EntryNotFound". */
function pathsIn({ files, folders, id }: Commit, folder: string, recursive: boolean): readonly string[] {
  if (!folders.has(folder)) {
    const message = `${folder} does not exist on "${id}"`;
    throw new HubError({ status: 404, code: "EntryNotFound", message, headers: { "X-Repo-Commit": id } });
  }
  const prefix = folder === "" ? "" : `${folder}/`;
  return [...files.keys(), ...folders.keys()]
    .filter((path) => path !== folder && path.startsWith(prefix))
    .filter((path) => recursive || !path.slice(prefix.length).includes("/"))
    .sort();
}

/** The cursor is opaque to clients. */
function pageOf(query: URLSearchParams, pageSize: number): { readonly limit: number; readonly from: number } {
  const asked = Number(query.get("limit") ?? pageSize);
  const from = Number(
    Buffer.from(query.get("cursor") ?? "", "base64url")
      .toString()
      .replace("from:", ""),
  );
  return { limit: asked > 0 ? Math.min(asked, pageSize) : pageSize, from };
}

function nextPage({ endpoint }: HubState, { pathAndQuery }: HubCall, from: number): string {
  const url = new URL(`${endpoint}${pathAndQuery}`);
  url.searchParams.set("cursor", Buffer.from(`from:${from}`).toString("base64url"));
  return url.href;
}
