import { type ErrorFactory, errorFactory } from "./model-error.ts";

export type CatalogErrorCode =
  /** A reference that cannot be read, or that is not allowed; facts: `reference`, `part`. */
  | "REF_INVALID"
  /** A digest that is not `sha256:<64 hex>` or `sha512:<128 hex>`; facts: `digest`. */
  | "DIGEST_INVALID"
  /** A catalog entry that breaks the contract of `CatalogEntry`; facts: `id`, `problems`. */
  | "ENTRY_INVALID"
  /** No record with this id; facts: `id`. */
  | "ENTRY_NOT_FOUND"
  /** A record, or an index to import, that a newer version has written; facts: `path`, `schema`, `supported`. */
  | "CATALOG_SCHEMA_NEWER"
  /** The cache root is not an absolute path, or something that is not a folder lies in its place; facts: `path`. */
  | "CATALOG_DIR_INVALID"
  /** The catalog's folder cannot be read; facts: `path`. */
  | "CATALOG_NOT_READABLE"
  /** The catalog's folder cannot be written; facts: `path`. */
  | "CATALOG_NOT_WRITABLE"
  /** No room for a record; facts: `path`. */
  | "CATALOG_NO_SPACE"
  /** An index to import that is not one; facts: `path`. */
  | "INDEX_INVALID";

export const catalogError: ErrorFactory<CatalogErrorCode> = errorFactory({
  REF_INVALID: "usage",
  DIGEST_INVALID: "usage",
  ENTRY_INVALID: "usage",
  ENTRY_NOT_FOUND: "not-found",
  CATALOG_SCHEMA_NEWER: "other",
  CATALOG_DIR_INVALID: "usage",
  CATALOG_NOT_READABLE: "not-allowed",
  CATALOG_NOT_WRITABLE: "not-allowed",
  CATALOG_NO_SPACE: "no-space",
  INDEX_INVALID: "usage",
});
