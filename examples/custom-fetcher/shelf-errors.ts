import { type ErrorFactory, errorFactory } from "@llama-orch/catalog-core";

export type ShelfErrorCode =
  /** What stands after `shelf:` is no name; facts: `name`. */
  | "SHELF_NAME_INVALID"
  /** The reference is of another form than `shelf:name`. */
  | "SHELF_FORM_UNSUPPORTED"
  /** No such model, or no such version any more; facts: `url`. */
  | "SHELF_NOT_FOUND"
  /** No connection, or a broken one; facts: `url`. */
  | "SHELF_UNREACHABLE"
  /** An answer that makes no sense; facts: `url`. */
  | "SHELF_ANSWER_INVALID";

export const shelfError: ErrorFactory<ShelfErrorCode> = errorFactory({
  SHELF_NAME_INVALID: "usage",
  SHELF_FORM_UNSUPPORTED: "cannot-serve",
  SHELF_NOT_FOUND: "not-found",
  SHELF_UNREACHABLE: "network",
  SHELF_ANSWER_INVALID: "other",
});
