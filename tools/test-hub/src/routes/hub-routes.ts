import { type Answer, jsonAnswer } from "../http/answer.ts";
import { HubError } from "../http/hub-error.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import { ggufManifest } from "./gguf-manifest.ts";
import { modelInfo } from "./model-info.ts";
import { pathsInfo } from "./paths-info.ts";
import { refs } from "./refs.ts";
import { resolveCached, resolveFile } from "./resolve.ts";
import { tree } from "./tree.ts";
import { whoami } from "./whoami.ts";

/**
 * Answers for the Hub itself.
 *
 * @throws {HubError} what the Hub answers instead.
 */
export function answerOfHub(state: HubState, call: HubCall): Answer {
  if (call.caller.kind === "stranger") {
    throw new HubError({ status: 401, message: "Invalid credentials in Authorization header" });
  }
  if (!["GET", "HEAD"].includes(call.method) && !call.segments.includes("paths-info")) throw nothingHere();
  const [first, ...rest] = call.segments;
  if (first === "api") return answerOfApi(state, call, rest);
  const [org, repo, verb, revision, ...path] = call.segments;
  if (verb === "resolve" && revision !== undefined) {
    return resolveFile(state, call, { repository: `${org}/${repo}`, revision, path: path.join("/") });
  }
  if (first === "v2" && revision === "manifests") {
    return ggufManifest(state, call, { name: `${repo}/${verb}`, tag: path.join("/") });
  }
  throw nothingHere();
}

function answerOfApi(state: HubState, call: HubCall, segments: readonly string[]): Answer {
  const [first, ...rest] = segments;
  if (first === "models") return answerOfModel(state, call, rest);
  if (first === "whoami-v2") return whoami(call);
  if (first === "agent-harnesses") return jsonAnswer({ standardEnvVars: ["AI_AGENT", "AGENT"], harnesses: {} });
  const [kind, org, repo, revision = "", ...path] = rest;
  if (first === "resolve-cache" && kind === "models") {
    return resolveCached(state, call, { repository: `${org}/${repo}`, revision, path: path.join("/") });
  }
  throw nothingHere();
}

function answerOfModel(state: HubState, call: HubCall, segments: readonly string[]): Answer {
  const [org, repo, verb, revision = "main", ...path] = segments;
  const name = `${org}/${repo}`;
  if (verb === "paths-info" && call.method === "POST") return pathsInfo(state, call, { name, revision });
  if (verb === undefined) return modelInfo(state, call, { name, revision: "main" });
  if (verb === "revision") return modelInfo(state, call, { name, revision });
  if (verb === "tree") return tree(state, call, { name, revision, folder: path.join("/") });
  if (verb === "refs") return refs(state, call, name);
  throw nothingHere();
}

function nothingHere(): HubError {
  return new HubError({ status: 404, message: "Sorry, we can't find the page you are looking for." });
}
