import { hash } from "node:crypto";
import { link, mkdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CatalogEntry, DigestText } from "@llama-orch/catalog-core";
// The parts that put and publish are made of: those sync each model to the disk, which is not what is measured here.
import { catalogLayout, entryDocumentPath } from "../../packages/catalog-core/src/catalog/catalog-layout.ts";
import { sealDocument } from "../../packages/catalog-core/src/catalog/sealed-document.ts";
import {
  blobPath,
  cacheLayout,
  modelFolderName,
  versionFolderName,
} from "../../packages/artifact-store/src/cache-layout.ts";

/** Models of one small file each, as an ensure would have left them: blob, link, record. */
export async function fillStore(cacheDir: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await placeModel(cacheDir, index);
}

/** Content that nothing uses, as a refused digest would have left it. */
export async function fillGarbage(cacheDir: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await placeBlob(cacheDir, `garbage ${index}`);
}

async function placeModel(cacheDir: string, index: number): Promise<void> {
  const layout = cacheLayout(cacheDir);
  const id = `bench:model-${index}`;
  const content = `model ${index}`;
  const blob = await placeBlob(cacheDir, content);
  const digest = digestOf(content);
  const folder = join(layout.models, modelFolderName(id));
  const version = join(folder, versionFolderName(digest));
  await mkdir(version, { recursive: true });
  await writeFile(join(folder, ".id"), `${id}\n`);
  await link(blob, join(version, "model.gguf"));
  const { ino, mtimeNs } = await stat(blob, { bigint: true });
  const file = { path: "model.gguf", sizeBytes: content.length, digest };
  const entry: CatalogEntry = {
    id,
    location: "managed",
    localPath: `models/${modelFolderName(id)}/${versionFolderName(digest)}/model.gguf`,
    lifecycle: "Active",
    kind: "file",
    sizeBytes: content.length,
    digest,
    trust: "unverified",
    lastVerifiedMs: 1,
    files: [{ ...file, stat: { mtimeNs: String(mtimeNs), inode: String(ino) } }],
    provenance: {
      reference: id,
      source: id,
      fetcher: "bench",
      fetcherVersion: "0.0.0",
      toolVersion: "0.0.0",
      startedMs: 1,
      finishedMs: 1,
      movedBytes: content.length,
      reusedBytes: 0,
    },
  };
  const path = entryDocumentPath(catalogLayout(cacheDir), id);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, sealDocument({ nonce: index.toString(16).padStart(32, "0"), entry }));
}

async function placeBlob(cacheDir: string, content: string): Promise<string> {
  const path = blobPath(cacheLayout(cacheDir), digestOf(content));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode: 0o444 });
  await utimes(path, 946_684_800, 946_684_800);
  return path;
}

function digestOf(content: string): DigestText {
  return `sha256:${hash("sha256", content)}`;
}
