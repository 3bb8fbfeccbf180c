import { z } from "zod";

// Loaded when an answer is read, and not with the fetcher: importing zod costs more than starting Node.

/** The document that registries send with a refusal: `MANIFEST_UNKNOWN`, `DENIED`, … */
interface ErrorDocument {
  readonly errors: readonly { readonly code: string }[];
}

export const errorDocument: z.ZodType<ErrorDocument> = z.object({
  errors: z.array(z.object({ code: z.string() })).min(1),
});

/** What a token server answers; what of it makes no sense is left out. */
interface TokenDocument {
  readonly token?: string | undefined;
  readonly access_token?: string | undefined;
  /** In seconds. */
  readonly expires_in?: number | undefined;
}

const text = z.string().min(1).optional().catch(undefined);

export const tokenDocument: z.ZodType<TokenDocument> = z.object({
  token: text,
  access_token: text,
  expires_in: z.number().optional().catch(undefined),
});
