import type { HfCliErrorCode } from "../errors.ts";

/** What the CLI can tell of the Hub. */
export type HubFailureCode = Extract<
  HfCliErrorCode,
  | "HF_REPOSITORY_NOT_FOUND"
  | "HF_REVISION_NOT_FOUND"
  | "HF_FILE_NOT_FOUND"
  | "HF_GATED"
  | "HF_REPOSITORY_DISABLED"
  | "HF_TOKEN_INVALID"
  | "HF_OFFLINE"
  | "HF_RATE_LIMITED"
  | "HF_NETWORK"
>;

/** What the CLI says on stderr when it fails, and what that means. */
export interface FailureRow {
  readonly code: HubFailureCode | "FILE_NO_SPACE";
  readonly pattern: RegExp;
  /** The releases of `huggingface_hub` that were seen to say so. */
  readonly seenIn: string;
}

/**
 * Read from the top: the first row that fits is what happened. Those that name a cause stand before those that name what
 * follows from it: up to 1.3 the CLI prints a traceback, in which one error leads to another, and whatever the Hub does
 * not answer ends as `LocalEntryNotFoundError`.
 */
export const failureTable: readonly FailureRow[] = [
  {
    code: "FILE_NO_SPACE",
    pattern: /No space left on device|Errno 28\b|Not enough free disk space to download/,
    seenIn: "all",
  },

  {
    code: "HF_GATED",
    pattern:
      /GatedRepoError|Access denied\. This repository requires approval|is gated|awaiting a review|Access to model .* is restricted/i,
    seenIn: "all",
  },
  {
    code: "HF_REPOSITORY_DISABLED",
    pattern: /DisabledRepoError|repository .* is disabled|Access to this resource is disabled/i,
    seenIn: "all",
  },
  {
    code: "HF_TOKEN_INVALID",
    pattern:
      /Invalid credentials in Authorization header|Invalid username or password|Invalid user token|token .* (?:is invalid|has expired)|Illegal header value/i,
    seenIn: "all",
  },
  {
    code: "HF_REVISION_NOT_FOUND",
    pattern: /RevisionNotFoundError|Revision Not Found|Revision not found|Invalid rev id/i,
    seenIn: "all",
  },
  {
    code: "HF_FILE_NOT_FOUND",
    pattern: /(?<!Local)(?:Remote)?EntryNotFoundError|Entry Not Found|File not found in repository/,
    seenIn: "all",
  },
  {
    code: "HF_REPOSITORY_NOT_FOUND",
    pattern:
      /RepositoryNotFoundError|Repository Not Found|Repository not found|(?:Model|Repository) '[^']*' not found|HFValidationError|Repo id must/,
    seenIn: "all",
  },

  { code: "HF_RATE_LIMITED", pattern: /429 Client Error|Too Many Requests|rate.?limit/i, seenIn: "all" },
  {
    code: "HF_OFFLINE",
    pattern:
      /OfflineModeIsEnabled|offline mode is enabled|HF_HUB_OFFLINE(?:=1|'? is set| environment)|outgoing traffic has been disabled/i,
    seenIn: "all",
  },
  {
    code: "HF_NETWORK",
    pattern:
      /ConnectionError|ConnectError|ConnectTimeout|ReadTimeout|ReadError|RemoteProtocolError|ProxyError|SSLError|CERTIFICATE_VERIFY_FAILED|Max retries exceeded|NameResolutionError|Name or service not known|Temporary failure in name resolution|Connection (?:refused|reset|aborted)|Network is unreachable|5\d\d Server Error|Consistency check failed|IncompleteRead|ChunkedEncodingError|timed out/i,
    seenIn: "all",
  },
  {
    code: "HF_NETWORK",
    pattern:
      /LocalEntryNotFoundError|Local entry not found|cannot find the requested files in the (?:local|disk) cache|cannot find the appropriate snapshot folder/i,
    seenIn: "all",
  },
];
