import { arch } from "node:os";
import type { DigestText } from "@llama-orch/catalog-core";
import { ociError } from "../errors.ts";
import type { IndexDocument, IndexedManifest } from "./documents.ts";

/**
 * The one manifest of an index that is meant: its only one; else that of the wanted platform, else of this machine's processor.
 * @param platform `os/architecture` or `os/architecture/variant`, when the caller says so.
 * @throws ModelError `OCI_PLATFORM_NOT_FOUND`, `OCI_PLATFORM_AMBIGUOUS`
 */
export function choosePlatform({ manifests }: IndexDocument, platform: string | undefined, name: string): DigestText {
  const models = manifests.filter((manifest) => !isAttestation(manifest));
  const different = new Map(models.map((manifest) => [manifest.digest, manifest]));
  const [only] = different.values();
  if (only !== undefined && different.size === 1 && platform === undefined) return only.digest;
  const wanted = platform ?? `linux/${architecture()}`;
  const fitting = new Set(models.filter((manifest) => fits(manifest, wanted)).map(({ digest }) => digest));
  const [first] = fitting;
  if (first !== undefined && fitting.size === 1) return first;
  const platforms = models.map((manifest) => ({ platform: platformOf(manifest), digest: manifest.digest }));
  const list = platforms.map(({ platform: each, digest }) => `${each} (@${digest})`).join(", ");
  if (fitting.size === 0 && platform !== undefined) throw notFound(name, platform, list, platforms);
  throw ociError("OCI_PLATFORM_AMBIGUOUS", {
    message:
      models.length === 0
        ? `${name} is an index without a model.`
        : `${name} is an index of several manifests, and it does not say which is meant: ${list}.`,
    hint: "Name one by its digest (oci://host/name@sha256:…), or give the option platform.",
    facts: { platforms },
  });
}

function notFound(name: string, platform: string, list: string, platforms: unknown): Error {
  return ociError("OCI_PLATFORM_NOT_FOUND", {
    message: `${name} has nothing for ${platform}; it has ${list}.`,
    hint: "Choose one of them by the option platform, or by its digest (oci://host/name@sha256:…).",
    facts: { platform, platforms },
  });
}

/** What builders put beside an image to say where it came from. */
function isAttestation({ annotations, platform }: IndexedManifest): boolean {
  return (
    annotations["vnd.docker.reference.type"] === "attestation-manifest" ||
    (platform?.os === "unknown" && platform.architecture === "unknown")
  );
}

function fits({ platform }: IndexedManifest, wanted: string): boolean {
  if (platform === undefined) return false;
  const [os, architectureWanted, variant] = wanted.split("/");
  return (
    platform.os === os &&
    platform.architecture === architectureWanted &&
    (variant === undefined || platform.variant === variant)
  );
}

function platformOf({ platform }: IndexedManifest): string {
  if (platform === undefined) return "no platform";
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join("/");
}

/** As Go calls processors, and registries with it. */
function architecture(): string {
  const own = arch();
  return { x64: "amd64", ia32: "386" }[own] ?? own;
}
