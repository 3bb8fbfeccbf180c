import { chunksOf } from "./content.ts";
import { sha256Of } from "./digests.ts";
import { generatedContent, type GeneratedSpec } from "./generated-content.ts";

/** What a client must have in the end, in lower-case hex. A gigabyte takes some seconds, once per process. */
export function generatedSha256(spec: GeneratedSpec): string {
  return sha256Of(generatedContent(spec));
}

/** The bytes of a generated file, piece by piece. */
export function generatedChunks(spec: GeneratedSpec): Iterable<Uint8Array> {
  return chunksOf(generatedContent(spec));
}
