import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { hashFile } from "@llama-orch/hashing";
import { writeNoise } from "../noise-file.ts";
import type { DownloadServer } from "./download-server.ts";

/** Writes the file that a server is to have, and says what it is. */
export async function noiseModel(
  source: string,
  sizeMb: number,
): Promise<Pick<DownloadServer, "given" | "sizeMb" | "sizeBytes">> {
  await mkdir(dirname(source), { recursive: true });
  await writeNoise(source, sizeMb);
  const { digests, sizeBytes } = await hashFile(source);
  return { given: { source, sha256: String(digests[0]).replace("sha256:", "") }, sizeMb, sizeBytes };
}
