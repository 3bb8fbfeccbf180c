import { hash } from "node:crypto";

/** The version of the documents that this package writes. It reads no newer one. */
export const supportedSchema = 1;

/** What the bytes of a document turn out to be. */
export type Unsealed =
  | { readonly status: "intact"; readonly body: unknown }
  | { readonly status: "newer"; readonly schema: number }
  | { readonly status: "damaged"; readonly problem: string };

const head = `{"schema":${supportedSchema},"seal":"`;
const headBytes = head.length + 64 + `",`.length;

/**
 * A JSON document that proves itself: `{"schema":1,"seal":"<sha256 of all that follows it>",…}` and a newline.
 *
 * The seal is why reading needs no schema library: a body is validated before it is sealed, so whoever finds the seal
 * whole has the validated body. It guards against accident (torn, truncated, edited, a bad sector), not against attack.
 *
 * @param body an object with at least one property.
 */
export function sealDocument(body: Readonly<Record<string, unknown>>): string {
  const sealed = `${JSON.stringify(body).slice(1)}\n`;
  return `${head}${hash("sha256", sealed)}",${sealed}`;
}

/** Reads a document. The sealed text is cut out by its offset and hashed as it lies, never printed again. */
export function unsealDocument(bytes: Buffer): Unsealed {
  const seal = hash("sha256", bytes.subarray(headBytes));
  if (bytes.toString("latin1", 0, headBytes) !== `${head}${seal}",`) return unreadable(bytes);
  return { status: "intact", body: JSON.parse(bytes.toString("utf8")) };
}

/**
 * A document that names a newer schema is taken for newer even if it is damaged too: this version cannot tell, and
 * must not touch what it cannot read. So `schema` comes first in every version, and this is all that binds the next one.
 */
function unreadable(bytes: Buffer): Unsealed {
  const [, digits] = /^\s*\{\s*"schema"\s*:\s*(\d{1,9})(?!\d)/.exec(bytes.toString("latin1", 0, 64)) ?? [];
  const schema = Number(digits);
  if (schema > supportedSchema) return { status: "newer", schema };
  return { status: "damaged", problem: bytes.length === 0 ? "it is empty" : "it is not whole: its seal does not hold" };
}
