import { z } from "zod";

/** What the Hub tells of a file in lists, as far as it is used here. */
export interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size?: number | undefined;
  readonly oid?: string | undefined;
  readonly lfs?: { readonly oid: string; readonly size: number } | undefined;
}

/** `GET /api/models/{repo}/tree/{revision}` */
export const treeDocument: z.ZodType<readonly TreeEntry[]> = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: optional(z.number()),
    oid: optional(z.string()),
    lfs: optional(z.object({ oid: z.string(), size: z.number() })),
  }),
);

export interface ModelInfo {
  readonly sha: string;
  readonly siblings?: readonly Sibling[] | undefined;
}

interface Sibling {
  readonly rfilename: string;
  readonly size?: number | undefined;
  readonly blobId?: string | undefined;
  readonly lfs?: { readonly sha256: string; readonly size: number } | undefined;
}

/** `GET /api/models/{repo}/revision/{revision}?blobs=true` */
export const infoDocument: z.ZodType<ModelInfo> = z.object({
  sha: z.string().regex(/^[0-9a-f]{40}$/),
  siblings: optional(
    z.array(
      z.object({
        rfilename: z.string(),
        size: optional(z.number()),
        blobId: optional(z.string()),
        lfs: optional(z.object({ sha256: z.string(), size: z.number() })),
      }),
    ),
  ),
});

/** What is not there may be left out, or be `null`. */
function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.nullish().transform((value) => value ?? undefined);
}
