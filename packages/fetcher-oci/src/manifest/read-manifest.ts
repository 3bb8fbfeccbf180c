import { createHash } from "node:crypto";
import { type Digest, type DigestText, formatDigest, parseDigest } from "@llama-orch/catalog-core";
import type { Reply } from "@llama-orch/transfer";
import { ociError } from "../errors.ts";
import { invalidAnswer } from "../registry/answer-invalid.ts";
import type { Registry } from "../registry/registry.ts";
import type { IndexDocument, ManifestDocument } from "./documents.ts";
import { indexTypes, manifestTypes } from "./media-types.ts";

/** What a tag or digest leads to, with the digest by which it is asked for from then on. */
export type ReadManifest = { readonly digest: DigestText } & (
  | { readonly kind: "manifest"; readonly document: ManifestDocument }
  | { readonly kind: "index"; readonly document: IndexDocument }
);

/**
 * A manifest or an index, of one place, compared with its digest before a word of it is read.
 * @throws ModelError `OCI_CONTENT_MISMATCH`, `OCI_MANIFEST_UNSUPPORTED`, `OCI_ANSWER_INVALID`; those of the registry
 */
export async function readManifest(registry: Registry, reference: string): Promise<ReadManifest> {
  const reply = await registry.manifest(reference, [...manifestTypes, ...indexTypes]);
  const digest = confirmedDigest(reference, reply);
  const value = parseJson(reply);
  const mediaType = mediaTypeOf(reply, value);
  const isIndex = indexTypes.includes(mediaType);
  if (!isIndex && !manifestTypes.includes(mediaType)) throw unsupported(mediaType, reply.url);
  // What has both could be taken for the one here, and for the other by whoever has looked at it before.
  if (hasBoth(value)) throw invalidAnswer(reply.url.href, "the manifest is an index, too");
  const { indexDocument, manifestDocument } = await import("./documents.ts");
  const parsed = (isIndex ? indexDocument : manifestDocument).safeParse(value);
  if (!parsed.success)
    throw invalidAnswer(reply.url.href, "the manifest is not what its media type says", parsed.error);
  return "manifests" in parsed.data
    ? { kind: "index", digest, document: parsed.data }
    : { kind: "manifest", digest, document: parsed.data };
}

/** Of what was asked for, or what the registry says of what a tag means; each is compared with the bytes. */
function confirmedDigest(reference: string, { bytes, head, url }: Reply): DigestText {
  const asked = digestOrNothing(reference);
  const expected = asked ?? digestOrNothing(head.headers.get("docker-content-digest") ?? "");
  const actual: Digest = { algorithm: expected?.algorithm ?? "sha256", hex: "" };
  const text = formatDigest({ ...actual, hex: createHash(actual.algorithm).update(bytes).digest("hex") });
  if (expected === undefined || formatDigest(expected) === text) return text;
  throw ociError("OCI_CONTENT_MISMATCH", {
    message: `The manifest at ${url.href} is not the one that its digest names: expected ${formatDigest(expected)}, got ${text}.`,
    hint: "Something on the way, or a mirror, has changed it: try again, or ask another place.",
    facts: { url: url.href, expected: formatDigest(expected), actual: text },
  });
}

function digestOrNothing(text: string): Digest | undefined {
  try {
    return parseDigest(text);
  } catch {
    return undefined;
  }
}

function parseJson({ text, url }: Reply): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidAnswer(url.href, "the manifest is no JSON", cause);
  }
}

/** The document's own word counts: it was hashed. Without one, that of the registry. */
function mediaTypeOf({ head }: Reply, value: unknown): string {
  const own = fieldOf(value, "mediaType");
  const type = typeof own === "string" ? own : (head.headers.get("content-type") ?? "");
  return type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function hasBoth(value: unknown): boolean {
  return fieldOf(value, "layers") !== undefined && fieldOf(value, "manifests") !== undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function unsupported(mediaType: string, url: URL): Error {
  return ociError("OCI_MANIFEST_UNSUPPORTED", {
    message: `${url.href} is of the kind ${mediaType === "" ? "(none)" : mediaType}, which is no manifest that is read here.`,
    hint: "Manifests of OCI and of docker's second schema are; an old one can be converted by pushing it again (skopeo copy).",
    facts: { url: url.href, mediaType },
  });
}
