import { type ModelError } from "@llama-orch/catalog-core";
import type { ResponseHead } from "@llama-orch/transfer";
import type { TokenSource } from "../environment.ts";
import { type HfErrorCode, hfError } from "../errors.ts";

/** What a request is about. */
export interface HubQuestion {
  /** `org/repo` */
  readonly repository: string;
  /** Branch, tag or commit. Absent: the default branch. */
  readonly revision?: string | undefined;
  /** Of the file, where one is asked for. */
  readonly path?: string | undefined;
}

export interface Subject extends HubQuestion {
  readonly endpoint: string;
  readonly tokenSource: TokenSource;
}

/**
 * What an answer of the Hub means that is no success; nothing where its status says all. It is told by `X-Error-Code` where
 * the Hub sends it, as it does for what is missing and gated, else by the status and the words of `X-Error-Message`.
 */
export function hubFailure({ status, headers }: ResponseHead, about: Subject): ModelError<HfErrorCode> | undefined {
  const code = codeOf(status, headers.get("x-error-code"), headers.get("x-error-message") ?? "");
  if (code === undefined) return undefined;
  const { repository, revision, path, endpoint, tokenSource } = about;
  return hfError(code, {
    ...explanation(code, about),
    facts: {
      repository,
      endpoint,
      status,
      ...(revision !== undefined && { revision }),
      ...(path !== undefined && { path }),
      ...(code === "HF_GATED" && { accessUrl: `${endpoint}/${repository}` }),
      ...(code === "HF_TOKEN_INVALID" && { tokenFrom: tokenSource }),
    },
  });
}

type HubCode =
  | "HF_REPOSITORY_NOT_FOUND"
  | "HF_REVISION_NOT_FOUND"
  | "HF_FILE_NOT_FOUND"
  | "HF_GATED"
  | "HF_REPOSITORY_DISABLED"
  | "HF_TOKEN_INVALID"
  | "HF_FORBIDDEN";

function codeOf(status: number, errorCode: string | undefined, message: string): HubCode | undefined {
  switch (errorCode) {
    case "RepoNotFound":
      return "HF_REPOSITORY_NOT_FOUND";
    case "RevisionNotFound":
      return "HF_REVISION_NOT_FOUND";
    case "EntryNotFound":
      return "HF_FILE_NOT_FOUND";
    case "GatedRepo":
      return "HF_GATED";
    default:
      break;
  }
  // These two have no code of their own.
  if (status === 401 && /invalid credentials/i.test(message)) return "HF_TOKEN_INVALID";
  if (status === 403 && /access to this resource is disabled/i.test(message)) return "HF_REPOSITORY_DISABLED";
  if (status === 401) return "HF_REPOSITORY_NOT_FOUND";
  if (status === 403) return "HF_FORBIDDEN";
  return status === 404 ? "HF_REPOSITORY_NOT_FOUND" : undefined;
}

const login = "log in (hf auth login) or set HF_TOKEN";

function explanation(code: HubCode, about: Subject): { readonly message: string; readonly hint: string } {
  const { repository, revision, path, endpoint, tokenSource } = about;
  const page = `${endpoint}/${repository}`;
  switch (code) {
    case "HF_REPOSITORY_NOT_FOUND":
      return {
        message: `There is no repository ${repository} at ${endpoint}, or it is private: the Hub does not tell which.`,
        hint: `Check its name at ${page}. If it is private, ${login} with a token that may read it.`,
      };
    case "HF_REVISION_NOT_FOUND":
      return {
        message: `The repository ${repository} has no revision ${revision ?? "main"}.`,
        hint: `Choose a branch, a tag or a whole commit id of ${page}/commits; write %2F for a slash in it.`,
      };
    case "HF_FILE_NOT_FOUND":
      return {
        message: `The repository ${repository} has no file ${path ?? "that was asked for"}${revision === undefined ? "" : ` at ${revision}`}.`,
        hint: `See ${page}/tree/${revision ?? "main"} for what it has; upper and lower case count.`,
      };
    case "HF_GATED":
      return {
        message: `Access to ${repository} must be granted first.`,
        hint: `Ask for access at ${page}, then ${login} of the account that was granted it.`,
      };
    case "HF_REPOSITORY_DISABLED":
      return {
        message: `The repository ${repository} was disabled by the Hub.`,
        hint: `See ${page}; choose another repository.`,
      };
    case "HF_TOKEN_INVALID":
      return {
        message: `The Hub does not accept the token${placeOf(tokenSource)}.`,
        hint: `Make a new one at ${endpoint}/settings/tokens and ${login}; for what is public, remove it (hf auth logout, unset HF_TOKEN).`,
      };
    case "HF_FORBIDDEN":
      return {
        message: `The Hub at ${endpoint} does not give out ${repository}${path === undefined ? "" : `/${path}`} (403).`,
        hint: `See what the token may read (${endpoint}/settings/tokens), and whether a proxy on the way forbids it.`,
      };
  }
}

function placeOf(source: TokenSource): string {
  if (source.from === "environment") return ` of ${source.variable}`;
  return source.from === "file" ? ` in ${source.path}` : "";
}
