import { z } from "zod";

/** One entry of the original system's `index.json`, as serde prints it. */
export interface IndexEntry {
  readonly id: string;
  readonly local_path: string;
  readonly lifecycle: "Active" | "Retired";
  readonly digest?: { readonly algo: string; readonly value: string } | null | undefined;
  readonly last_verified_ms?: number | null | undefined;
}

/** Whoever bundles zod may leave its messages out, so each part has its own. */
const text = z.string({ error: "should be text" });

const indexEntrySchema: z.ZodType<IndexEntry> = z.object(
  {
    id: text,
    local_path: text,
    lifecycle: z.enum(["Active", "Retired"], { error: 'should be "Active" or "Retired"' }),
    digest: z.object({ algo: text, value: text }, { error: "should be null, or an algo and a value" }).nullish(),
    last_verified_ms: z.number({ error: "should be null, or a number" }).nullish(),
  },
  { error: "it should be an object with an id, a local_path and a lifecycle" },
);

/** The entry, or what is wrong with it. Unknown properties are passed over. */
export function readIndexEntry(value: unknown): IndexEntry | string {
  const { data, error } = indexEntrySchema.safeParse(value);
  if (data !== undefined) return data;
  const problems = error.issues.map(({ path, message }) => [path.join("."), message].join(" ").trimStart());
  return `it is not an entry: ${problems.join("; ")}`;
}
