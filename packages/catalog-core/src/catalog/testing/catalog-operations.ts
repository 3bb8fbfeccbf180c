import { isModelError } from "../../errors/model-error.ts";
import type { Lifecycle } from "../catalog-entry.ts";
import type { FsCatalog } from "../fs-catalog.ts";
import { sampleEntry } from "./sample-entry.ts";

/** Something that one does to the entry `a`. */
export type Operation =
  | { readonly type: "put"; readonly version: string; readonly lifecycle: Lifecycle }
  | { readonly type: "setState"; readonly lifecycle: Lifecycle }
  | { readonly type: "delete" }
  | { readonly type: "get" }
  | { readonly type: "list" }
  | { readonly type: "repair" };

/** What the catalog has of `a`: `version lifecycle`, or `none`. */
export type Content = string;

/** Does it for real. The result is one that a serial order must explain. */
export async function perform(catalog: FsCatalog, operation: Operation): Promise<string> {
  switch (operation.type) {
    case "put": {
      await catalog.put(sampleEntry("a", { version: operation.version, lifecycle: operation.lifecycle }));
      return "done";
    }
    case "setState":
      return catalog.setState("a", operation.lifecycle).then(
        () => "done",
        (error: unknown) => {
          if (isModelError(error, "ENTRY_NOT_FOUND")) return "not found";
          throw error;
        },
      );
    case "delete":
      return String(await catalog.delete("a"));
    case "get":
      return contentOf(catalog);
    case "list": {
      for await (const { id, provenance, lifecycle } of catalog.list()) {
        if (id === "a") return `${provenance.revision} ${lifecycle}`;
      }
      return "none";
    }
    case "repair": {
      const { quarantined, newer } = await catalog.repair();
      return quarantined.length + newer.length === 0 ? "done" : "found damage";
    }
  }
}

export async function contentOf(catalog: FsCatalog): Promise<Content> {
  const entry = await catalog.get("a");
  return entry === undefined ? "none" : `${entry.provenance.revision} ${entry.lifecycle}`;
}

/** What it means: the content after it, and its result. */
export function apply(before: Content, operation: Operation): { readonly after: Content; readonly result: string } {
  switch (operation.type) {
    case "put":
      return { after: `${operation.version} ${operation.lifecycle}`, result: "done" };
    case "setState": {
      if (before === "none") return { after: "none", result: "not found" };
      return { after: `${before.split(" ")[0]} ${operation.lifecycle}`, result: "done" };
    }
    case "delete":
      return { after: "none", result: String(before !== "none") };
    case "get":
    case "list":
      return { after: before, result: before };
    case "repair":
      return { after: before, result: "done" };
  }
}
