import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

/** Beside the `FILE_…` codes of catalog-core, which say what is wrong with a file or a disk of this machine. Facts: `url`. */
export type TransferErrorCode =
  /** An option that is not allowed; facts: `option`. */
  | "TRANSFER_OPTION_INVALID"
  /** No http: or https: URL. */
  | "TRANSFER_URL_INVALID"
  /** 404 or 410; facts: `status`. */
  | "TRANSFER_NOT_FOUND"
  /** 401 or 407: no credentials were sent, or wrong ones; facts: `status`. */
  | "TRANSFER_UNAUTHORIZED"
  /** 403, also for a signed URL that has expired and cannot be made anew; facts: `status`. */
  | "TRANSFER_FORBIDDEN"
  /** 429, for longer than is waited; facts: `status`, `retryAfterSeconds`. */
  | "TRANSFER_RATE_LIMITED"
  /** Any other status that is no success; facts: `status`. */
  | "TRANSFER_STATUS"
  /** The host, or a host on the way, is not allowed by the caller's policy; facts: `host`. */
  | "TRANSFER_HOST_REFUSED"
  /** The name leads to an address that is not allowed; facts: `host`, `address`, `range`. */
  | "TRANSFER_ADDRESS_REFUSED"
  /** More than ten redirects, one from https: to http:, or one to nowhere; facts: `problem`. */
  | "TRANSFER_REDIRECT_REFUSED"
  /** The name has no address; facts: `host`. */
  | "TRANSFER_HOST_UNKNOWN"
  /** No connection to the host or the proxy; facts: `host`, `port`, `systemCode`. */
  | "TRANSFER_UNREACHABLE"
  /** The certificate is not trusted, or there is no TLS on the other side; facts: `host`, `reason`. */
  | "TRANSFER_TLS"
  /** The proxy does not make the connection; facts: `proxy`, `status`. */
  | "TRANSFER_PROXY"
  /** The connection broke off, as often as it was tried; facts: `systemCode`. */
  | "TRANSFER_BROKEN_OFF"
  /** Too few bytes came for too long; facts: `windowMs`, `receivedBytes`. */
  | "TRANSFER_STALLED"
  /** The caller's own time-out; facts: `timeoutMs`. */
  | "TRANSFER_TIMEOUT"
  /** The answer breaks the protocol, or says two things at once; facts: `problem`. */
  | "TRANSFER_ANSWER_INVALID"
  /** A web page came in place of the file; facts: `contentType`. */
  | "TRANSFER_HTML_PAGE"
  /** The answer is encoded, though none was asked for, and no digest says what it should be; facts: `encoding`. */
  | "TRANSFER_ENCODED"
  /** The server does not tell where the file ends, and nothing else does. */
  | "TRANSFER_LENGTH_UNKNOWN"
  /** The file is not as long as it should be; facts: `expected`, `actual`. */
  | "TRANSFER_SIZE_MISMATCH"
  /** An answer that is read whole is longer than allowed; facts: `limitBytes`. */
  | "TRANSFER_ANSWER_TOO_LARGE"
  /** The source was replaced again and again; facts: `restarts`. */
  | "TRANSFER_SOURCE_CHANGED"
  /** No mirror has the bytes of the digest; facts: `expected`, `actual`. */
  | "TRANSFER_DIGEST_MISMATCH";

export const transferError: ErrorFactory<TransferErrorCode> = errorFactory({
  TRANSFER_OPTION_INVALID: "usage",
  TRANSFER_URL_INVALID: "usage",
  TRANSFER_NOT_FOUND: "not-found",
  TRANSFER_UNAUTHORIZED: "not-allowed",
  TRANSFER_FORBIDDEN: "not-allowed",
  TRANSFER_RATE_LIMITED: "network",
  TRANSFER_STATUS: "network",
  TRANSFER_HOST_REFUSED: "not-allowed",
  TRANSFER_ADDRESS_REFUSED: "not-allowed",
  TRANSFER_REDIRECT_REFUSED: "not-allowed",
  TRANSFER_HOST_UNKNOWN: "network",
  TRANSFER_UNREACHABLE: "network",
  TRANSFER_TLS: "network",
  TRANSFER_PROXY: "network",
  TRANSFER_BROKEN_OFF: "network",
  TRANSFER_STALLED: "network",
  TRANSFER_TIMEOUT: "network",
  TRANSFER_ANSWER_INVALID: "network",
  TRANSFER_HTML_PAGE: "network",
  TRANSFER_ENCODED: "network",
  TRANSFER_LENGTH_UNKNOWN: "network",
  TRANSFER_SIZE_MISMATCH: "digest-mismatch",
  TRANSFER_ANSWER_TOO_LARGE: "network",
  TRANSFER_SOURCE_CHANGED: "network",
  TRANSFER_DIGEST_MISMATCH: "digest-mismatch",
});
