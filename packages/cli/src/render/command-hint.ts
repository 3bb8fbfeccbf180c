import type { ModelError } from "@llama-orch/catalog-core";

/** What to do, in the words of the command line: libraries speak of their own options. Without an entry, theirs is shown. */
const hints: Readonly<Record<string, (facts: ModelError["facts"]) => string | undefined>> = {
  DIGEST_MISMATCH: ({ expectedBy }) =>
    expectedBy === "caller"
      ? "Check the digest. If the source has a new version on purpose, give its digest; to accept the difference once, add --on-mismatch warn."
      : undefined,
  NO_FETCHER: ({ packages }) => {
    const others = Array.isArray(packages) && packages.length > 0 ? packages.join(" or ") : "a fetcher for it";
    return `Bring the model by other means, and name it by its path. A program can add ${others} to its own provisioner.`;
  },
  OFFLINE: () => "Ensure it once without --offline, or bring the file by other means and name it by its path.",
};

export function commandHint({ code, hint, facts }: ModelError): string {
  return (Object.hasOwn(hints, code) ? hints[code]?.(facts) : undefined) ?? hint;
}
