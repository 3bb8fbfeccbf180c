import { posix } from "node:path";
import { unsafe } from "./refusals.ts";

/**
 * The name of an entry, without `./` before it and `/` after it; empty for the root itself.
 * @throws ModelError `OCI_ARCHIVE_UNSAFE` for one that leads out of the folder
 */
export function entryName(raw: string): string {
  if (raw.startsWith("/") || raw.split("/").includes("..")) throw unsafe(raw, "it leads out of the folder");
  return raw
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** The entry that a link leads to, by a path from the root for a hard link, from its own folder for a symbolic one. */
export function linkTarget(entry: string, target: string, type: "link" | "symlink"): string {
  const path = posix.normalize(type === "link" ? target : posix.join(posix.dirname(entry), target));
  if (target === "" || target.startsWith("/") || path === ".." || path.startsWith("../"))
    throw unsafe(entry, "it is a link that leads out of the folder");
  return path.replace(/\/$/, "");
}
