import type { ContentSpec } from "./content/file-content.ts";

/** What stands at a path. */
export interface FileSpec {
  readonly content: ContentSpec;
  /** With its quotes; `null` for none. @default a strong one of the content */
  readonly etag?: string | null;
  /** To the second. @default null */
  readonly lastModified?: Date | null;
  /** @default "application/octet-stream" */
  readonly contentType?: string;
  /** Whether it can be had in parts. @default true */
  readonly ranges?: boolean;
  /** More headers, or others. */
  readonly headers?: Readonly<Record<string, string>>;
}
