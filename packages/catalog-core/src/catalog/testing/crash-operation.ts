/** What the crash tests kill: one operation, its second argument as JSON, on the catalog at its first. */
import { FsCatalog } from "../fs-catalog.ts";
import { type Operation, perform } from "./catalog-operations.ts";

const [, , cacheDir = "", text = ""] = process.argv;

await perform(new FsCatalog(cacheDir), readOperation(JSON.parse(text)));

function readOperation(value: unknown): Operation {
  if (isOperation(value)) return value;
  throw new Error(`This is no operation: ${text}`);
}

/** Printed by the crash tests. */
function isOperation(value: unknown): value is Operation {
  return typeof value === "object" && value !== null && "type" in value;
}
