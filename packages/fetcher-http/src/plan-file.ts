import { createHash } from "node:crypto";
import type { FetchPlan, ModelRef, UrlRef } from "@llama-orch/catalog-core";
import { requestUrl } from "@llama-orch/catalog-core";
import type { FileProbe, TransferResult, TransferSource } from "@llama-orch/transfer";
import { httpFetcherError } from "./errors.ts";
import { fileName } from "./file-name.ts";

/** @throws ModelError `HTTP_SCHEME_UNSUPPORTED` */
export function urlRef(ref: ModelRef): UrlRef {
  if (ref.kind === "url" && (ref.scheme === "http" || ref.scheme === "https")) return ref;
  const scheme = ref.kind === "url" || ref.kind === "other" ? ref.scheme : ref.kind;
  throw httpFetcherError("HTTP_SCHEME_UNSUPPORTED", {
    message: `${scheme}: references are not fetched by fetcher-http.`,
    hint: "It serves http: and https: references; compose the fetcher of the other scheme beside it.",
    facts: { scheme },
  });
}

/** With what the person wrote, secrets included. */
export function sourceOf(ref: UrlRef): TransferSource {
  return { url: requestUrl(ref) };
}

export function planOf(ref: UrlRef, probe: FileProbe): FetchPlan {
  const written = new URL(requestUrl(ref));
  const { sizeBytes, validators, digest } = probe;
  return {
    ref,
    source: ref.url,
    location: "managed",
    kind: "file",
    ...versionFacts(validators),
    files: [
      {
        path: fileName(probe.disposition, written, probe.url),
        ...(sizeBytes !== undefined && { sizeBytes }),
        // What comes in the clear may have been changed on the way, with its digest.
        ...(digest !== undefined && probe.url.protocol === "https:" && { digest }),
      },
    ],
  };
}

/** The plan of what came, where the source was replaced after it was asked; else the same one. */
export function fetchedPlan(plan: FetchPlan, { sizeBytes, validators }: TransferResult): FetchPlan {
  const [file] = plan.files;
  if (file === undefined) return plan;
  const { revision } = versionFacts(validators);
  const isSame = revision === plan.revision && (file.sizeBytes === undefined || file.sizeBytes === sizeBytes);
  if (isSame) return plan;
  const { revision: _, validators: __, ...rest } = plan;
  // The digest was declared for what is no longer there.
  return { ...rest, ...versionFacts(validators), files: [{ path: file.path, sizeBytes }] };
}

/** A strong ETag is what tells this version from all others; where there is none, nothing does. */
function versionFacts(validators: FileProbe["validators"]): Pick<FetchPlan, "revision" | "validators"> {
  const { etag } = validators;
  return {
    ...(etag !== undefined && { revision: revisionOf(etag) }),
    ...(Object.keys(validators).length > 0 && { validators }),
  };
}

/** It becomes part of a path: one that is long, or odd, is replaced by its hash. */
function revisionOf(etag: string): string {
  const bare = etag.slice(1, -1);
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(bare)
    ? bare
    : createHash("sha256").update(etag).digest("hex").slice(0, 32);
}
