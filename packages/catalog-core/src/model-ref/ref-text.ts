import { refuse } from "./ref-refusal.ts";

/** In UTF-16 code units; of the text as written, and of the id. */
export const maxReferenceLength = 2048;

/** C0, DEL, C1, and surrogates without their partner: none can be printed, and most tools disagree on them. */
const forbidden = /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u;

export function hasForbiddenCharacter(text: string): boolean {
  return forbidden.test(text);
}

/**
 * What holds for a reference of any kind.
 * @throws ModelError `REF_INVALID`
 */
export function assertReferenceText(text: unknown): asserts text is string {
  if (typeof text !== "string" || text.trim() === "") {
    throw refuse(text, {
      part: "reference",
      problem: typeof text === "string" ? "it is empty" : "it is not a text",
      hint: "Write a path, or a reference such as hf:org/repo/model.gguf or https://host/model.gguf.",
    });
  }
  if (text.length > maxReferenceLength) {
    throw refuse(text, {
      part: "reference",
      problem: `it has ${text.length} characters, and ${maxReferenceLength} are allowed`,
      hint: "Shorten it; a file can be reached through a shorter path or a link.",
    });
  }
  if (hasForbiddenCharacter(text)) {
    throw refuse(text, {
      part: "reference",
      problem: "it holds a control character or half of a surrogate pair",
      hint: "Remove the characters that cannot be printed; line ends often slip in from a file or a variable.",
    });
  }
  if (/^\s+[a-z][a-z0-9+.-]+:/i.test(text)) {
    throw refuse(text, {
      part: "scheme",
      problem: "spaces stand before its scheme",
      hint: "Remove the spaces; for a file whose name begins with them, write ./ before the name.",
    });
  }
}
