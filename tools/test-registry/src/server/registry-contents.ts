import type { ContentSpec, FaultServer, FileSpec } from "../../../fault-server/src/index.ts";
import { buildManifest, type BuiltManifest } from "../content/artifact.ts";
import { type Digest, digestOf, sizeOf } from "../content/descriptor.ts";
import type { TestRegistry } from "../test-registry.ts";
import type { SigningBlobStore } from "./blob-store.ts";
import { manifestAt, manifestFile } from "./manifest-answer.ts";
import { apiVersion } from "./oci-error.ts";
import { emptyRepository, plainPath, type Repository } from "./stores.ts";

export interface RegistryContents {
  readonly repositories: ReadonlyMap<string, Repository>;
  /** A path with escapes leads to the same file as the one without. */
  found(path: string): void;
  readonly operations: Pick<
    TestRegistry,
    "pushBlob" | "pushManifest" | "pushArtifact" | "tag" | "remove" | "lieAboutManifest" | "lieAboutBlob"
  >;
}

/** What a registry holds, as files of the fault server at the paths of the distribution specification. */
export function registryContents(server: FaultServer, blobStore: SigningBlobStore, ranges: boolean): RegistryContents {
  const repositories = new Map<string, Repository>();
  const files = new Map<string, FileSpec>();

  function repositoryOf(name: string): Repository {
    const repository = repositories.get(name) ?? emptyRepository();
    repositories.set(name, repository);
    return repository;
  }
  function put(path: string, file: FileSpec): void {
    files.set(path, file);
    server.put(path, file);
  }
  function putBlob(name: string, digest: string, content: ContentSpec): void {
    repositoryOf(name).blobs.set(digest, content);
    const headers = { ...apiVersion, "Docker-Content-Digest": digest, "Cache-Control": "max-age=31536000" };
    put(`/v2/${name}/blobs/${digest}`, { content, etag: `"${digest}"`, ranges, headers });
    blobStore.put(content, digest);
  }
  function putManifest(name: string, reference: string): void {
    const repository = repositoryOf(name);
    const manifest = manifestAt(repository, reference);
    if (manifest === undefined) throw new Error(`${name} has no manifest ${reference}; push it first.`);
    put(`/v2/${name}/manifests/${reference}`, manifestFile(manifest, repository.lies.get(reference)));
  }
  function keepManifest(name: string, manifest: BuiltManifest): void {
    repositoryOf(name).manifests.set(manifest.digest, manifest);
    putManifest(name, manifest.digest);
  }
  function tag(name: string, to: string, digest: string): void {
    repositoryOf(name).tags.set(to, digest);
    putManifest(name, to);
  }

  return {
    repositories,
    found(path) {
      const [raw = ""] = path.split("?");
      const file = files.get(plainPath(raw));
      if (file !== undefined && raw !== plainPath(raw)) server.put(raw, file);
    },
    operations: {
      pushBlob(name, content) {
        const digest = digestOf(content);
        putBlob(name, digest, content);
        return { digest, size: sizeOf(content) };
      },
      pushManifest(name, reference, document, mediaType) {
        const manifest =
          document instanceof Uint8Array ? rawManifest(document, mediaType) : buildManifest(document, mediaType);
        keepManifest(name, manifest);
        if (reference !== undefined) tag(name, reference, manifest.digest);
        return manifest;
      },
      pushArtifact(name, to, { root, manifests, blobs, files: packed }) {
        for (const content of blobs) putBlob(name, digestOf(content), content);
        for (const manifest of [...manifests, root]) keepManifest(name, manifest);
        tag(name, to, root.digest);
        return { ...root, manifestDigest: root.digest, files: packed };
      },
      tag,
      remove(name, reference) {
        const { blobs, manifests, tags } = repositoryOf(name);
        for (const held of [blobs, manifests, tags]) held.delete(reference);
      },
      lieAboutManifest(name, reference, lie) {
        const { lies } = repositoryOf(name);
        if (lie === undefined) lies.delete(reference);
        else lies.set(reference, lie);
        putManifest(name, reference);
      },
      lieAboutBlob: putBlob,
    },
  };
}

function rawManifest(bytes: Uint8Array, mediaType: string | undefined): BuiltManifest {
  const digest: Digest = digestOf(bytes);
  return { ...buildManifest({}, mediaType), bytes: Buffer.from(bytes), digest, size: bytes.length };
}
