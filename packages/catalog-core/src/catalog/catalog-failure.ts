import { catalogError, type CatalogErrorCode } from "../errors/catalog-errors.ts";
import { systemCode } from "../errors/file-errors.ts";
import type { ModelError } from "../errors/model-error.ts";
import { supportedSchema } from "./sealed-document.ts";

/**
 * The typed error for what the operating system said of a path of the catalog.
 * What is not an error of the operating system comes back as it is: it is a mistake in the program.
 */
export function catalogFailure(cause: unknown, path: string, access: "read" | "write"): unknown {
  const code = systemCode(cause);
  if (code === undefined) return cause;
  const facts = { path, systemCode: code };
  if (code === "ENOSPC" || code === "EDQUOT") {
    return catalogError("CATALOG_NO_SPACE", {
      message: `There is no room left to write the catalog at ${path}.`,
      hint: "Free some space on this file system, or choose a cache folder on another one.",
      facts,
      cause,
    });
  }
  return access === "read"
    ? catalogError("CATALOG_NOT_READABLE", {
        message: `The catalog could not be read at ${path} (${code}).`,
        hint: "Give this user read permission on the cache folder, or choose another one.",
        facts,
        cause,
      })
    : catalogError("CATALOG_NOT_WRITABLE", {
        message: `The catalog could not be written at ${path} (${code}).`,
        hint: "Give this user write permission on the cache folder, or choose another one.",
        facts,
        cause,
      });
}

export function notAFolder(path: string): ModelError<CatalogErrorCode> {
  return catalogError("CATALOG_DIR_INVALID", {
    message: `${path} is not a folder, and the catalog needs one there.`,
    hint: "Move it away, or choose another cache folder.",
    facts: { path },
  });
}

export function newerSchema(path: string, schema: number): ModelError<CatalogErrorCode> {
  return catalogError("CATALOG_SCHEMA_NEWER", {
    message: `${path} was written in schema ${schema}, and this version knows ${supportedSchema}.`,
    hint: "Use the newer version that wrote it, or another cache folder. Nothing was changed.",
    facts: { path, schema, supported: supportedSchema },
  });
}
