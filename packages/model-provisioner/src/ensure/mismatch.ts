import type { DigestText } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";

export interface Mismatch {
  readonly id: string;
  readonly expected: DigestText;
  readonly actual: DigestText;
  /** The file or folder whose bytes they are. */
  readonly path: string;
  /** Who said what to expect. */
  readonly expectedBy: "caller" | "record" | "source";
  /** The bytes are kept for whoever asks for just them soon. @default false */
  readonly isKept?: boolean;
}

const hints: Readonly<Record<Mismatch["expectedBy"], string>> = {
  caller:
    "Check the digest. If the source has a new version on purpose, pass its digest; to accept the difference once, use onMismatch: warn.",
  record:
    "The model is not the one that was vouched for. If it changed on purpose, pass the new digest, or remove the record; else bring the right file back.",
  source:
    "The bytes were damaged on the way, or the source is wrong about itself. Try again; if it happens twice, tell the source.",
};

/** @throws never: it makes the error. */
export function digestMismatch({ id, expected, actual, path, expectedBy, isKept = false }: Mismatch): Error {
  const kept = isKept
    ? " What arrived is kept for a while: asked for by that digest, it need not be fetched again."
    : "";
  return provisionerError("DIGEST_MISMATCH", {
    message: `${id} is not what was expected: expected ${expected}, got ${actual}.${kept}`,
    hint: hints[expectedBy],
    facts: { expected, actual, path, expectedBy },
  });
}
