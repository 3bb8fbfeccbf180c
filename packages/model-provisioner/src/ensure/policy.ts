import { isAbsolute, relative, sep } from "node:path";
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
  if (allowedHosts === undefined || ref.kind === "file" || ref.kind === "hf") return;
  // What a scheme of its own names is for its fetcher to know; a host that cannot be told is not an allowed one.
  const host = ref.kind === "url" ? hostOf(ref.url) : undefined;
  if (host === undefined || !allowedHosts.some((pattern) => matchesHost(host, pattern))) {
    throw notAllowed(
      "allowedHosts",
      `The host ${host ?? `of a ${scheme}: reference`} is not allowed here.`,
      allowedHosts,
    );
  }
}

/**
 * A folder with the cache in it would change by being registered.
 * @throws ModelError `CACHE_INSIDE_MODEL`
 */
export function assertOutside(ref: ModelRef, cacheDir: string): void {
  if (
    ref.kind !== "file" ||
    relative(ref.path, cacheDir).split(sep)[0] === ".." ||
    isAbsolute(relative(ref.path, cacheDir))
  )
    return;
  throw provisionerError("CACHE_INSIDE_MODEL", {
    message: `${ref.path} holds the cache folder ${cacheDir}, and cannot be a model.`,
    hint: "Name the model's own folder, or choose a cache folder outside of it.",
    facts: { cacheDir, path: ref.path },
  });
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
export function assertSize(id: string, sizeBytes: number, settings: Settings): void {
  if (isTooLarge(sizeBytes, settings)) throw tooLarge(id, sizeBytes, settings);
}

export function isTooLarge(sizeBytes: number, { maxBytes }: Settings): boolean {
  return maxBytes !== undefined && sizeBytes > maxBytes;
}

export function tooLarge(id: string, sizeBytes: number, { maxBytes }: Settings): Error {
  return provisionerError("NOT_ALLOWED", {
    message: `${id} has ${sizeBytes} bytes or more, and at most ${maxBytes} are allowed here.`,
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
