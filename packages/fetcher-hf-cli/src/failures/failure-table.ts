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
  | "HF_FORBIDDEN"
  | "HF_OFFLINE"
  | "HF_RATE_LIMITED"
  | "HF_NETWORK"
>;

/** What the CLI says on stderr when it fails, and what that means. */
export interface FailureRow {
  readonly code: HubFailureCode | "FILE_NO_SPACE";
  readonly says: RegExp;
  /**
   * The releases of `huggingface_hub` that were seen to say so, of 0.25.2, 0.33.5, 0.36.2, 1.10.2, 1.33.0 and 2.4.0; or where
   * else it comes from. Up to 1.10 some failures end in a traceback, which names the classes of the errors.
   */
  readonly seenIn: string;
}

/**
 * Read from the top: the first row that fits is what happened. Causes stand before what follows from them: whatever the Hub does
 * not answer ends as `LocalEntryNotFoundError`, and a repository that is missing as "Invalid username or password".
 */
export const failureTable: readonly FailureRow[] = [
  { code: "FILE_NO_SPACE", says: /No space left on device|\[Errno 28\]|os error 28\b/, seenIn: "every Python, Xet" },
  {
    code: "FILE_NO_SPACE",
    says: /Disk quota exceeded|\[Errno 122\]|os error 122\b|\[WinError 112\]/,
    seenIn: "every Python, Xet",
  },

  { code: "HF_GATED", says: /\bGatedRepoError\b/, seenIn: "0.25 to 0.36" },
  { code: "HF_GATED", says: /^Error: Access denied\. This repository requires approval/m, seenIn: "1.10 to 1.33" },
  { code: "HF_GATED", says: /^Error: Access denied\. \w+ '[^']*' requires approval/m, seenIn: "2.4" },

  {
    code: "HF_REPOSITORY_DISABLED",
    says: /\bDisabledRepoError\b|Access to this resource is disabled/,
    seenIn: "0.25 to 2.4",
  },

  { code: "HF_TOKEN_INVALID", says: /Invalid credentials in Authorization header/, seenIn: "0.25 to 2.4" },
  { code: "HF_TOKEN_INVALID", says: /Invalid user token|Illegal header value/, seenIn: "sources of 0.25 to 2.4" },

  {
    code: "HF_REVISION_NOT_FOUND",
    says: /\bRevisionNotFoundError\b|Revision Not Found for url/,
    seenIn: "0.25 to 0.36",
  },
  { code: "HF_REVISION_NOT_FOUND", says: /^Error: Revision not found in /m, seenIn: "1.10 to 2.4" },

  {
    code: "HF_FILE_NOT_FOUND",
    says: /\b(?:Remote)?EntryNotFoundError\b|Entry Not Found for url/,
    seenIn: "0.25 to 0.36",
  },
  { code: "HF_FILE_NOT_FOUND", says: /^Error: File not found in /m, seenIn: "1.10 to 2.4" },

  {
    code: "HF_REPOSITORY_NOT_FOUND",
    says: /\bRepositoryNotFoundError\b|Repository Not Found for url/,
    seenIn: "0.25 to 0.36",
  },
  { code: "HF_REPOSITORY_NOT_FOUND", says: /^Error: (?:Repository|Model '[^']*') not found\./m, seenIn: "1.10 to 2.4" },

  {
    code: "HF_RATE_LIMITED",
    says: /429 (?:Client Error: )?Too Many Requests|^HTTP Error 429 /m,
    seenIn: "0.25 to 2.4",
  },
  { code: "HF_RATE_LIMITED", says: /^Rate limited\. Waiting /m, seenIn: "1.33 to 2.4" },

  { code: "HF_OFFLINE", says: /\bOfflineModeIsEnabled\b|offline mode is enabled/, seenIn: "0.25 to 2.4" },

  { code: "HF_FORBIDDEN", says: /403 Client Error|Client error '403|client error \(403/, seenIn: "0.25 to 2.4, Xet" },

  { code: "HF_NETWORK", says: /5\d\d Server Error|Server error '5\d\d/, seenIn: "0.25 to 2.4" },
  {
    code: "HF_NETWORK",
    says: /Connection (?:refused|reset|aborted)|Max retries exceeded|Network is unreachable/,
    seenIn: "0.25 to 2.4",
  },
  {
    code: "HF_NETWORK",
    says: /name resolution|Name or service not known|nodename nor servname|getaddrinfo failed/,
    seenIn: "every Python",
  },
  { code: "HF_NETWORK", says: /CERTIFICATE_VERIFY_FAILED|\b(?:SSL|Proxy)Error\b/, seenIn: "every Python" },
  {
    code: "HF_NETWORK",
    says: /\b(?:Connect|Read)(?:Timeout|Error)\b|RemoteProtocolError|IncompleteRead|ChunkedEncodingError|timed out/,
    seenIn: "sources of requests and httpx",
  },
  { code: "HF_NETWORK", says: /Consistency check failed/, seenIn: "sources of 0.25 to 2.4" },
  { code: "HF_NETWORK", says: /\bLocalEntryNotFoundError\b|^Error: Local entry not found\./m, seenIn: "0.25 to 2.4" },

  // A mere warning, after which the CLI goes on: only where nothing else is said.
  { code: "FILE_NO_SPACE", says: /Not enough free disk space to download/, seenIn: "sources of 0.25 to 2.4" },
];
