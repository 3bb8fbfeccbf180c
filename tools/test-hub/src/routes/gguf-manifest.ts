import { openRepository, openRevision } from "../access/open-repository.ts";
import { type Answer, jsonAnswer } from "../http/answer.ts";
import { HubError } from "../http/hub-error.ts";
import type { HubCall, HubState } from "../hub-state.ts";
import type { HubFile } from "../repository/hub-file.ts";

/**
 * `/v2/{user}/{model}/manifests/{tag}`: which file a quantization stands for. As the Hub does, it names the file for the
 * user agent of llama.cpp only; others get a manifest of the OCI form.
 */
export function ggufManifest(
  state: HubState,
  call: HubCall,
  at: { readonly name: string; readonly tag: string },
): Answer {
  const commit = openRevision(openRepository(state, at.name, call.caller), "main");
  const models = [...commit.files.values()].filter(({ path }) => path.endsWith(".gguf"));
  const candidates = models.filter(({ path }) => !path.includes("mmproj")).sort(byPath);
  if (candidates.length === 0) {
    throw new HubError({ status: 400, message: "Repository is not GGUF or is not compatible with llama.cpp" });
  }
  const chosen = at.tag === "latest" ? (ofTag(candidates, "Q4_K_M") ?? candidates[0]) : ofTag(candidates, at.tag);
  if (chosen === undefined) {
    const message = 'The specified tag is not available in the repository. Please use another tag or "latest"';
    throw new HubError({ status: 400, message });
  }
  const projector = models.find(({ path }) => path.includes("mmproj"));
  return jsonAnswer({
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    layers: [layer(chosen, "model"), ...(projector === undefined ? [] : [layer(projector, "projector")])],
    ...(call.headers["user-agent"]?.startsWith("llama-cpp") && {
      ggufFile: named(chosen),
      ...(projector !== undefined && { mmprojFile: named(projector) }),
    }),
  });
}

/** The quantization is a part of the name, between dots, dashes or the folder; of shards the first one counts. */
function ofTag(files: readonly HubFile[], tag: string): HubFile | undefined {
  const wanted = tag.toLowerCase();
  return files.find(({ path }) =>
    path
      .toLowerCase()
      .split(/[/.-]/)
      .some((part, index, parts) => part === wanted || `${part}-${parts[index + 1]}` === wanted),
  );
}

function byPath(one: HubFile, other: HubFile): number {
  return one.path < other.path ? -1 : 1;
}

function layer(file: HubFile, role: "model" | "projector"): object {
  return {
    mediaType: `application/vnd.ollama.image.${role}`,
    digest: `sha256:${file.lfs?.sha256}`,
    size: file.content.sizeBytes,
  };
}

function named({ path, blobId, content: { sizeBytes: size }, lfs }: HubFile): object {
  const facts = lfs && { lfs: { sha256: lfs.sha256, size, pointerSize: lfs.pointerSizeBytes } };
  return { rfilename: path, blobId, size, ...facts };
}
