/** Stub: replaced by the real redactor. */
export function redactText(text: string): string {
  return text;
}
export function redactValue<T>(value: T): T {
  return value;
}
export function redactCause(cause: unknown): unknown {
  return cause;
}
