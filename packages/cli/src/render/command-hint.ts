import type { ModelError } from "@llama-orch/catalog-core";
import { formatBytes } from "./quantities.ts";

const mismatchHints: Readonly<Record<string, string>> = {
  caller:
    "Check the digest. If the source has a new version on purpose, give its digest; to accept the difference once, add --on-mismatch warn.",
  record:
    "The model is not the one that was vouched for: bring the right file back. If it changed on purpose, give the new digest with --digest, or forget the record: model-provisioner rm ID.",
};

const isHex = /^[0-9a-f]*$/i;
const algorithmByLength: Readonly<Record<number, string>> = { 64: "sha256", 128: "sha512" };

const hfInstalls = "uv tool install huggingface_hub, pipx install huggingface_hub or pip install -U huggingface_hub";
const byOtherMeans = "bring the model by other means, and name it by its path";

/** What to do, in the words of the command line: libraries speak of their own options. Without an entry, theirs is shown. */
const hints: Readonly<Record<string, (facts: ModelError["facts"]) => string | undefined>> = {
  DIGEST_MISMATCH: ({ expectedBy }) =>
    typeof expectedBy === "string" && Object.hasOwn(mismatchHints, expectedBy) ? mismatchHints[expectedBy] : undefined,
  DIGEST_INVALID: ({ digest }) => {
    const algorithm = typeof digest === "string" && isHex.test(digest) ? algorithmByLength[digest.length] : undefined;
    return algorithm === undefined ? undefined : `Write ${algorithm}:${String(digest)}.`;
  },
  REF_INVALID: ({ part }) => (part === "home" ? "Set HOME to your home folder, or write the whole path." : undefined),
  NO_FETCHER: ({ packages }) => {
    const others = Array.isArray(packages) && packages.length > 0 ? packages.join(" or ") : "a fetcher for it";
    return `Bring the model by other means, and name it by its path. A program can add ${others} to its own provisioner.`;
  },
  HF_CLI_MISSING: () =>
    `Install it yourself (${hfInstalls}), name the one that you have with MODEL_PROVISIONER_HF_CLI, or ${byOtherMeans}.`,
  HF_CLI_UNSUPPORTED: () =>
    `Update it (${hfInstalls}), name another one with MODEL_PROVISIONER_HF_CLI, or ${byOtherMeans}.`,
  HF_CLI_FORM_UNSUPPORTED: ({ form }) =>
    form === "tag"
      ? "Name the file (hf:org/repo/file.gguf), or a pattern ('hf:org/repo?include=*Q4_K_M*')."
      : undefined,
  HF_CLI_FAILED: () => "Run hf download by hand to see all that it says; if it is old, update it.",
  HF_CLI_RESULT_WRONG: () =>
    "Try again, with the Hub in reach (model-provisioner doctor says whether it is); if it happens again, update the CLI.",
  FILE_NO_SPACE: ({ neededBytes, freeBytes }) => {
    const isKnown = typeof neededBytes === "number" && typeof freeBytes === "number";
    const figures = isKnown ? `It takes ${formatBytes(neededBytes)}, and ${formatBytes(freeBytes)} are free. ` : "";
    return `${figures}Make room (model-provisioner gc --dry-run says what could go), or choose a cache on another disk with --cache-dir.`;
  },
  TRANSFER_UNAUTHORIZED: ({ status }) =>
    status === 407
      ? undefined
      : `Say who asks: a line "HOST Authorization: Bearer TOKEN" in MODEL_PROVISIONER_HTTP_HEADERS. What was sent, if anything, is not accepted.`,
  TRANSFER_TLS: ({ reason }) =>
    typeof reason === "string" && /ISSUER|SELF_SIGNED|VERIFY/.test(reason)
      ? "If an authority of your own has signed it, name a PEM file with its certificate in SSL_CERT_FILE."
      : undefined,
  TRANSFER_ADDRESS_REFUSED: ({ range }) =>
    range === "not public" || range === "unknown"
      ? "--addresses public lets only the internet be asked, and directly: leave it out for a host of your own, or for a proxy."
      : undefined,
  S3_BUCKET_NOT_FOUND: () =>
    "Check its name. A bucket of another vendor, or of a server of your own, needs the endpoint: AWS_ENDPOINT_URL_S3, or endpoint_url of the profile.",
  OCI_PLATFORM_AMBIGUOUS: () => "Choose one with --platform, or name it by its digest (oci://host/name@sha256:…).",
  OCI_PLATFORM_NOT_FOUND: () => "Choose one of them with --platform, or by its digest (oci://host/name@sha256:…).",
  OFFLINE: () => "Ensure it once without --offline, or bring the file by other means and name it by its path.",
};

export function commandHint({ code, hint, facts }: ModelError): string {
  return (Object.hasOwn(hints, code) ? hints[code]?.(facts) : undefined) ?? hint;
}
