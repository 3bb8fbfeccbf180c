import { isPseudonym, placeholder } from "./placeholder.ts";
import { secretForms } from "./secret-forms.ts";

/** In characters. */
const shortestSecret = 6;

/** What all copies of this package in one process share. Its shape must not change between versions. */
interface Registry {
  /** How often each value is registered. */
  readonly counts: Map<string, number>;
  /** Grows with every change of the set of values. */
  version: number;
}

const registryKey = Symbol.for("@llama-orch/catalog-core/registered-secrets");
const registry = sharedRegistry();

let compiled: { readonly version: number; readonly pattern: RegExp | undefined } | undefined;

/**
 * Makes every redaction of this process hide a value, also where it is percent-encoded, escaped or in base64.
 * Values of fewer than 6 characters are ignored, because replacing them would shred every text; so are parts of
 * the replacement text itself.
 *
 * @returns forgets the value again, unless someone else has registered it too.
 */
export function registerSecret(value: string): () => void {
  if (value.length < shortestSecret || placeholder.includes(value) || isPseudonym(value)) return () => {};
  count(value, 1);
  let registered = true;
  return () => {
    if (registered) count(value, -1);
    registered = false;
  };
}

/** The text with each appearance of a registered value replaced. */
export function replaceRegistered(text: string, replace: (found: string) => string): string {
  if (registry.counts.size === 0) return text;
  if (compiled?.version !== registry.version) compiled = { version: registry.version, pattern: compile() };
  return compiled.pattern === undefined ? text : text.replaceAll(compiled.pattern, (found) => replace(found));
}

function count(value: string, change: 1 | -1): void {
  const total = (registry.counts.get(value) ?? 0) + change;
  if (total > 0) registry.counts.set(value, total);
  else registry.counts.delete(value);
  registry.version += 1;
}

/** Longest first: a secret that begins with another one is hidden whole. */
function compile(): RegExp | undefined {
  const values = [...registry.counts.keys()].sort((a, b) => b.length - a.length);
  return values.length === 0 ? undefined : new RegExp(values.map(secretForms).join("|"), "g");
}

function sharedRegistry(): Registry {
  const existing: unknown = Reflect.get(globalThis, registryKey);
  if (isRegistry(existing)) return existing;
  const made: Registry = { counts: new Map(), version: 0 };
  Object.defineProperty(globalThis, registryKey, { value: made });
  return made;
}

function isRegistry(value: unknown): value is Registry {
  return typeof value === "object" && value !== null && "counts" in value && "version" in value;
}
