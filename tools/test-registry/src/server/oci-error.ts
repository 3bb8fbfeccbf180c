import type { StatusEffect } from "../../../fault-server/src/index.ts";

/** What registries name their errors. */
export type OciErrorCode =
  | "BLOB_UNKNOWN"
  | "DENIED"
  | "MANIFEST_UNKNOWN"
  | "NAME_UNKNOWN"
  | "TOOMANYREQUESTS"
  | "UNAUTHORIZED"
  | "UNSUPPORTED";

export interface OciErrorDetails {
  readonly code: OciErrorCode;
  /** @default the code itself */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as the distribution specification has it; to be injected, or answered. */
export function ociError(status: number, { code, message = code, headers = {} }: OciErrorDetails): StatusEffect {
  return {
    kind: "status",
    status,
    headers: { "Content-Type": "application/json", ...apiVersion, ...headers },
    body: `${JSON.stringify({ errors: [{ code, message, detail: null }] })}\n`,
  };
}

/** 429 with a body of registries. @param retryAfter as it is to stand in the header: seconds, or a date of HTTP; none by default. */
export function tooManyPulls(retryAfter?: string): StatusEffect {
  const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  return ociError(429, { code: "TOOMANYREQUESTS", message: "You have reached your pull rate limit.", headers });
}

export const apiVersion = { "Docker-Distribution-Api-Version": "registry/2.0" } as const;
