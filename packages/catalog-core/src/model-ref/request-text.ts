import type { OtherRef, UrlRef } from "./model-ref.ts";

/** Global, so that copies of this package understand each other's references. */
const requestKey = Symbol.for("@llama-orch/catalog-core/request-text");

/**
 * Lets a reference remember its text as the person wrote it, secrets included, where nothing that prints, compares,
 * copies or serializes the reference finds it: under a symbol that is not enumerable, and within a function, since
 * `util.inspect` can be told to show hidden properties.
 */
export function withRequestText<R extends UrlRef | OtherRef>(ref: R, text: string): R {
  return Object.freeze(Object.defineProperty({ ...ref }, requestKey, { value: () => text }));
}

/** The text as written; undefined for a reference that was copied, or made by hand. */
export function requestText(ref: UrlRef | OtherRef): string | undefined {
  const read: unknown = Reflect.get(ref, requestKey);
  const text: unknown = typeof read === "function" ? Reflect.apply(read, undefined, []) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** The URL as the person wrote it, secrets included: for the fetcher's requests alone. `ref.url` for a copied reference. */
export function requestUrl(ref: UrlRef): string {
  return requestText(ref) ?? ref.url;
}

/** What the person wrote after `scheme:`, secrets included: for the fetcher's requests alone. */
export function requestLocator(ref: OtherRef): string {
  return requestText(ref)?.slice(ref.scheme.length + 1) ?? ref.locator;
}
