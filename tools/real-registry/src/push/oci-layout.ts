import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ContentSpec, contentOf } from "../../../fault-server/src/index.ts";
import { digestOf, mediaTypes, type OciArtifact } from "../../../test-registry/src/index.ts";

/** A folder in the layout of OCI images, with one tag. */
export async function writeOciLayout(dir: string, tag: string, { root, manifests, blobs }: OciArtifact): Promise<void> {
  const blobDir = join(dir, "blobs/sha256");
  await mkdir(blobDir, { recursive: true });
  for (const content of [...blobs, root.bytes, ...manifests.map(({ bytes }) => bytes)]) {
    await writeContent(join(blobDir, digestOf(content).replace("sha256:", "")), content);
  }
  const { mediaType, digest, size } = root;
  const annotations = { "org.opencontainers.image.ref.name": tag };
  await writeFile(join(dir, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(
    join(dir, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [{ mediaType, digest, size, annotations }],
    }),
  );
}

/** Piece by piece: it may be large. */
export async function writeContent(path: string, content: ContentSpec): Promise<void> {
  const sizeBytes = content instanceof Uint8Array ? content.length : content.sizeBytes;
  await using file = await open(path, "w");
  for (let at = 0; at < sizeBytes; at += pieceBytes) {
    await file.writeFile(contentOf(content, at, Math.min(sizeBytes, at + pieceBytes)));
  }
}

const pieceBytes = 2 ** 20;
