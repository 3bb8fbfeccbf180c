import { hash } from "node:crypto";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DigestText } from "@llama-orch/catalog-core";

/** Long before any test: a file this old proves by its stat that it did not change. */
const longAgo = new Date("2024-02-03T04:05:06.789Z");

/** Writes a model file as it would lie there for long. */
export async function placeFile(folder: string, name: string, content: string, mtime: Date = longAgo): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await utimes(path, mtime, mtime);
  return path;
}

export function sha256(content: string): DigestText {
  return `sha256:${hash("sha256", content)}`;
}

export function sha512(content: string): DigestText {
  return `sha512:${hash("sha512", content)}`;
}
