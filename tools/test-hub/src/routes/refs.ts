import { openRepository } from "../access/open-repository.ts";
import { type Answer, jsonAnswer } from "../http/answer.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import type { Commit } from "../repository/git-commit.ts";

/** `/api/models/{repo}/refs`. */
export function refs(state: HubState, { caller, query }: HubCall, name: string): Answer {
  const { branches, tags } = openRepository(state, name, caller);
  return jsonAnswer({
    branches: named(branches, "refs/heads/"),
    tags: named(tags, "refs/tags/"),
    converts: [],
    ...(query.has("include_prs") && { pullRequests: [] }),
  });
}

function named(commits: ReadonlyMap<string, Commit>, prefix: string): readonly object[] {
  return [...commits].map(([name, { id }]) => ({ name, ref: `${prefix}${name}`, targetCommit: id }));
}
