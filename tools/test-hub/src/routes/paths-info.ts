import { openRepository, openRevision } from "../access/open-repository.ts";
import { type Answer, jsonAnswer } from "../http/answer.ts";
import { HubError } from "../http/hub-error.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import { isTrue } from "./model-info.ts";
import { treeEntry } from "./tree-entry.ts";

/** `POST /api/models/{repo}/paths-info/{revision}`. Paths that do not exist are left out, silently. */
export function pathsInfo(
  state: HubState,
  call: HubCall,
  at: { readonly name: string; readonly revision: string },
): Answer {
  const repository = openRepository(state, at.name, call.caller);
  const commit = openRevision(repository, at.revision);
  const { paths, expand } = wantedPaths(call);
  const entries = paths.map((path) => treeEntry(repository, commit, { path, expand }));
  return jsonAnswer(entries.filter((entry) => entry !== undefined));
}

interface WantedPaths {
  readonly paths: readonly string[];
  readonly expand: boolean;
}

/** Python sends a form, JavaScript sends JSON. */
function wantedPaths({ headers, body }: HubCall): WantedPaths {
  if (headers["content-type"]?.startsWith("application/json") !== true) {
    const form = new URLSearchParams(body);
    return { paths: form.getAll("paths"), expand: isTrue(form.get("expand")) };
  }
  const wanted = parseJson(body);
  if (typeof wanted === "object" && wanted !== null && "paths" in wanted && Array.isArray(wanted.paths)) {
    return { paths: wanted.paths.map(String), expand: "expand" in wanted && wanted.expand === true };
  }
  throw new HubError({ status: 400, message: '"paths" must be an array' });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw cause instanceof SyntaxError ? new HubError({ status: 400, message: "Invalid JSON" }) : cause;
  }
}
