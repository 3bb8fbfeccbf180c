import type { HubFailureCode } from "./failure-table.ts";

/** What a download was about. */
export interface Subject {
  /** The repository, with the path of the file where one was named. */
  readonly name: string;
  /** `org/repo` */
  readonly repository: string;
  /** Of the file, where one was named. */
  readonly path: string | undefined;
  /** Absent: the repository's default branch. */
  readonly revision: string | undefined;
  /** Without secrets. */
  readonly endpoint: string;
  /** Of the repository, for a person to look at. */
  readonly page: string;
  /** How long the Hub asked to wait, where it did. */
  readonly retryAfterSeconds: number | undefined;
}

interface Explanation {
  readonly message: string;
  readonly hint: string;
}

const login = "log in (hf auth login) or set HF_TOKEN";

/** For each failure that the CLI tells: what happened, and what to do now. */
export function explainHubFailure(code: HubFailureCode, about: Subject): Explanation {
  const { name, repository, path, revision, endpoint, page, retryAfterSeconds } = about;
  switch (code) {
    case "HF_REPOSITORY_NOT_FOUND":
      return {
        message: `There is no repository ${repository} at ${endpoint}, or it is private: the Hub does not tell which.`,
        hint: `Check its name at ${page}. If it is private, ${login} with a token that may read it.`,
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
        message: "The Hub does not accept the token that the Hugging Face CLI has.",
        hint: `Make a new one at ${endpoint}/settings/tokens and ${login}; for what is public, remove it (hf auth logout, unset HF_TOKEN).`,
      };
    case "HF_FORBIDDEN":
      return {
        message: `The Hub at ${endpoint} does not give out ${name} (403).`,
        hint: `See what the token may read (${endpoint}/settings/tokens), and whether a proxy on the way forbids it.`,
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
    case "HF_RATE_LIMITED":
      return {
        message: `The Hub at ${endpoint} takes no more requests from here for now.`,
        hint: `Wait ${retryAfterSeconds === undefined ? "a few minutes" : `${retryAfterSeconds} s`} and try again; the limit is higher with a token: ${login}.`,
      };
    case "HF_OFFLINE":
      return {
        message: `HF_HUB_OFFLINE is set, so that the Hub cannot be asked for ${name}.`,
        hint: "Unset HF_HUB_OFFLINE to fetch it.",
      };
    case "HF_NETWORK":
      return {
        message: `The Hub at ${endpoint} could not be reached for ${name}, or broke off.`,
        hint: "Check the connection, HF_ENDPOINT, and the proxy and certificate settings (model-provisioner doctor), then try again.",
      };
  }
}
