import type * as schema from "./entry-schema.ts";

let isExpected = false;

/** What checks entries before they are written. It comes with zod, which takes some 60 ms to load: only writers pay for it. */
export function loadEntryParser(): Promise<typeof schema> {
  return import("./entry-schema.ts");
}

/** Says that an entry may be put soon, after a fetch that leaves this thread idle: by then, the parser is loaded. */
export function expectEntries(): void {
  if (isExpected) return;
  isExpected = true;
  // Later than what has to be done before the fetch can begin; and a process that ends before does not wait for it.
  setTimeout(() => void loadEntryParser().catch(() => {}), 100).unref();
}
