import { type ModelFetcher, type ModelRef, schemeOf } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";
import type { Settings } from "../options/provisioner-options.ts";

/**
 * Whether this provisioner may ensure the reference at all. Checked before anything is asked or read.
 * @throws ModelError `NOT_ALLOWED`
 */
export function assertAllowed(ref: ModelRef, { allowedSchemes, allowedHosts }: Settings): void {
  const scheme = schemeOf(ref);
  if (allowedSchemes !== undefined && !allowedSchemes.includes(scheme)) {
    throw notAllowed("allowedSchemes", `${scheme}: references are not allowed here.`, allowedSchemes);
  }
  const host = ref.kind === "url" ? hostOf(ref.url) : undefined;
  if (allowedHosts !== undefined && host !== undefined && !allowedHosts.some((pattern) => matchesHost(host, pattern))) {
    throw notAllowed("allowedHosts", `The host ${host} is not allowed here.`, allowedHosts);
  }
}

/** @throws ModelError `OFFLINE` */
export function assertOnline(id: string, fetcher: ModelFetcher, offline: boolean): void {
  if (!offline || !fetcher.network) return;
  throw provisionerError("OFFLINE", {
    message: `${id} is not on this machine, and this call may not use a network.`,
    hint: "Ensure it once without offline, or bring the file by other means and name it by path (file:).",
    facts: { fetcher: fetcher.name },
  });
}

/** @throws ModelError `NOT_ALLOWED` */
export function assertSize(id: string, sizeBytes: number, { maxBytes }: Settings): void {
  if (maxBytes === undefined || sizeBytes <= maxBytes) return;
  throw provisionerError("NOT_ALLOWED", {
    message: `${id} has ${sizeBytes} bytes, and at most ${maxBytes} are allowed here.`,
    hint: "Choose a smaller model, or raise maxBytes.",
    facts: { policy: "maxBytes", sizeBytes, maxBytes },
  });
}

function hostOf(url: string): string | undefined {
  return /^[^:]+:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(url)?.[1]?.toLowerCase();
}

function matchesHost(host: string, pattern: string): boolean {
  const wanted = pattern.toLowerCase();
  return wanted.startsWith("*.") ? host.endsWith(wanted.slice(1)) : host === wanted;
}

function notAllowed(policy: string, message: string, allowed: readonly string[]): Error {
  return provisionerError("NOT_ALLOWED", {
    message,
    hint: `Allowed by ${policy}: ${allowed.join(", ") || "nothing"}.`,
    facts: { policy, allowed },
  });
}
