import { createHash } from "node:crypto";

/** One model of a `memoryFetcher`. */
export interface MemoryModel {
  /** Contents by path, `/` between segments. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly revision?: string;
  /** Whether the plan says what the files' sha256 is. @default false */
  readonly declareDigests?: boolean;
  /** @default `"file"` for one file, else `"directory"` */
  readonly kind?: "file" | "directory";
  readonly entryPoint?: string;
}

/** Names the contents, paths included. */
export function etagOf(model: MemoryModel): string {
  const etag = createHash("sha256");
  for (const path of Object.keys(model.files)) {
    const content = bytesOf(model, path);
    etag.update(`${JSON.stringify(path)}:${content.byteLength}:`).update(content);
  }
  return etag.digest("hex").slice(0, 16);
}

export function bytesOf(model: MemoryModel, path: string): Buffer {
  return Buffer.from(model.files[path] ?? "");
}
