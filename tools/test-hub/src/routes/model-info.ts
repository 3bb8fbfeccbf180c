import { openRepository, openRevision } from "../access/open-repository.ts";
import { type Answer, jsonAnswer } from "../http/answer.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import type { HubFile } from "../repository/hub-file.ts";

/** `/api/models/{repo}` and `/api/models/{repo}/revision/{revision}`, with `blobs=true` for sizes and digests. */
export function modelInfo(
  state: HubState,
  call: HubCall,
  at: { readonly name: string; readonly revision: string },
): Answer {
  const repository = openRepository(state, at.name, call.caller);
  const commit = openRevision(repository, at.revision);
  const [author] = repository.name.split("/", 1);
  const blobs = isTrue(call.query.get("blobs"));
  const files = [...commit.files.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
  return jsonAnswer({
    _id: repository.spec.private ? "67744500000000000000000a" : "67744500000000000000000b",
    id: repository.name,
    modelId: repository.name,
    author,
    sha: commit.id,
    createdAt: "2025-01-01T00:00:00.000Z",
    lastModified: commit.date.toISOString(),
    private: repository.spec.private ?? false,
    gated: repository.spec.gated ?? false,
    disabled: false,
    downloads: 0,
    likes: 0,
    tags: [],
    siblings: files.map((file) => ({ rfilename: file.path, ...(blobs && blobFacts(file)) })),
  });
}

/** Query parameters of Python clients say `True`. */
export function isTrue(value: string | null): boolean {
  return value !== null && /^(true|1)$/i.test(value);
}

function blobFacts({ content: { sizeBytes: size }, blobId, lfs }: HubFile): object {
  if (lfs === undefined) return { blobId, size };
  return { blobId, size, lfs: { sha256: lfs.sha256, size, pointerSize: lfs.pointerSizeBytes } };
}
