/** A reason as part of a sentence: libraries give it as a clause, or as a sentence of its own. */
export function clause(reason: string): string {
  return reason.replace(/\.$/, "");
}
