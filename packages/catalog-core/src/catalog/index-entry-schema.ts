import { z } from "zod";

/** One entry of the original system's `index.json`, as serde prints it. */
export interface IndexEntry {
  readonly id: string;
  readonly local_path: string;
  readonly lifecycle: "Active" | "Retired";
  readonly digest?: { readonly algo: string; readonly value: string } | null | undefined;
  readonly last_verified_ms?: number | null | undefined;
}

const indexEntrySchema: z.ZodType<IndexEntry> = z.object({
  id: z.string(),
  local_path: z.string(),
  lifecycle: z.enum(["Active", "Retired"]),
  digest: z.object({ algo: z.string(), value: z.string() }).nullish(),
  last_verified_ms: z.number().nullish(),
});

/** The entry, or what is wrong with it. Unknown properties are passed over. */
export function readIndexEntry(value: unknown): IndexEntry | string {
  const { data, error } = indexEntrySchema.safeParse(value);
  if (data !== undefined) return data;
  return `it is not an entry: ${error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`;
}
