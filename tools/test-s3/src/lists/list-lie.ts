import type { FaultMatch, ReceivedRequest } from "../../../fault-server/src/index.ts";

/** What is wrong with a list. Of several that match, the first that was injected acts. */
export type ListLieEffect =
  /** Every page has keys of its own, and there is always one more. */
  | { readonly kind: "endless" }
  /** There is always one more page, and its token is always the same. */
  | { readonly kind: "same-token" }
  /** There is one more page, but no token for it. */
  | { readonly kind: "no-token" }
  /** It ends in the middle of an element. */
  | { readonly kind: "invalid-xml" }
  /** Of so many bytes, nearly all of them in one comment. */
  | { readonly kind: "huge"; readonly bytes: number }
  /** A document type with entities that hold each other: a billion of them, were they expanded. */
  | { readonly kind: "entity-bomb" }
  /** One more key, first of all: outside of the prefix, or whatever it is. */
  | { readonly kind: "more-key"; readonly key: string }
  /** The first key of a page comes twice. */
  | { readonly kind: "same-key-twice" }
  /** The sizes say this. */
  | { readonly kind: "size"; readonly text: string }
  /** This document in place of the list. */
  | { readonly kind: "document"; readonly xml: string };

export type ListLie = FaultMatch<ReceivedRequest> & ListLieEffect;
