import { catalogError, type CatalogErrorCode } from "../errors/catalog-errors.ts";
import type { ModelError } from "../errors/model-error.ts";
import type { CatalogEntry, Lifecycle } from "./catalog-entry.ts";

/** The entry as it would be written, from one moment. */
export function entryJson(entry: CatalogEntry): string {
  try {
    const json: unknown = JSON.stringify(entry);
    if (typeof json === "string") return json;
  } catch (error) {
    throw unprintable("it cannot be written as JSON", error);
  }
  throw unprintable(`it is ${typeof entry}`);
}

function unprintable(problem: string, cause?: unknown): ModelError<CatalogErrorCode> {
  return catalogError("ENTRY_INVALID", {
    message: `What was given as an entry cannot be recorded: ${problem}.`,
    hint: "Give a plain object; CatalogEntry describes what is allowed.",
    facts: { id: null, problems: [problem] },
    cause,
  });
}

const lifecycles: readonly unknown[] = ["Active", "Retired"] satisfies readonly Lifecycle[];

/** The type does not hold for callers in JavaScript, and what is sealed is believed. */
export function assertLifecycle(id: string, state: Lifecycle): void {
  if (lifecycles.includes(state)) return;
  throw catalogError("ENTRY_INVALID", {
    message: `${JSON.stringify(id)} cannot be set to ${JSON.stringify(state) ?? typeof state}: that is no state.`,
    hint: "Set it to Active or Retired.",
    facts: { id, problems: ["lifecycle: neither Active nor Retired"] },
  });
}

export function notAnId(id: unknown): ModelError<CatalogErrorCode> {
  return catalogError("ENTRY_INVALID", {
    message: `A value of type ${typeof id} is no id of a model.`,
    hint: "Give an id as modelId prints it.",
    facts: { id: null, problems: ["id: not a text"] },
  });
}
