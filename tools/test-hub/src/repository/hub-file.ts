import { bytesContent, type Content } from "../content/content.ts";
import { gitBlobId, sha256Of } from "../content/digests.ts";
import { diskContent } from "../content/disk-content.ts";
import { generatedContent } from "../content/generated-content.ts";
import type { FileSpec } from "./repository-spec.ts";

/** A file of a commit. */
export interface HubFile {
  readonly path: string;
  readonly content: Content;
  /** What git calls it: of the pointer, where the file is in LFS. */
  readonly blobId: string;
  readonly lfs?: LfsFacts;
}

export interface LfsFacts {
  readonly sha256: string;
  readonly pointerSizeBytes: number;
}

export function hubFile(path: string, spec: FileSpec): HubFile {
  const content = contentOf(spec);
  const lfs = typeof spec === "object" && "lfs" in spec && spec.lfs !== undefined ? spec.lfs : isLfs(path, content);
  if (!lfs) return { path, content, blobId: gitBlobId(content) };
  const sha256 = sha256Of(content);
  const pointer = bytesContent(Buffer.from(pointerText(sha256, content.sizeBytes)));
  return { path, content, blobId: gitBlobId(pointer), lfs: { sha256, pointerSizeBytes: pointer.sizeBytes } };
}

function contentOf(spec: FileSpec): Content {
  if (typeof spec === "string") return bytesContent(Buffer.from(spec));
  if (spec instanceof Uint8Array) return bytesContent(spec);
  if ("content" in spec) return contentOf(spec.content);
  if ("diskPath" in spec) return diskContent(spec.diskPath);
  return generatedContent(spec);
}

/** As the `.gitattributes` that the Hub puts into every new model has it, in short; from 10 MB on it takes nothing else. */
function isLfs(path: string, content: Content): boolean {
  return lfsNames.test(path) || content.sizeBytes >= 10_000_000;
}

const lfsNames =
  /\.(7z|bin|ckpt|ftz|gguf|gz|h5|joblib|mlmodel|model|msgpack|npy|npz|onnx|ot|pb|pickle|pkl|pt|pth|safetensors|tar|tflite|tgz|wasm|xz|zip|zst)$/;

/** https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
function pointerText(sha256: string, sizeBytes: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${sizeBytes}\n`;
}
