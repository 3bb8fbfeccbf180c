import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import type { ContentSpec } from "../../../fault-server/src/index.ts";
import type { Digest, OciArtifact } from "../../../test-registry/src/index.ts";
import type { RealTools } from "../real-tools.ts";
import type { RealRegistry } from "../server/real-registry.ts";
import { writeContent, writeOciLayout } from "./oci-layout.ts";

type Tools = Extract<RealTools, { type: "here" }>;

export interface OrasPush {
  /** By the names that they get as titles. */
  readonly files: Readonly<Record<string, { readonly content: ContentSpec; readonly mediaType?: string }>>;
  readonly artifactType?: string;
  /** Of the manifest, of the config and of files, as `oras push --annotation-file` takes them: `$manifest`, `$config`, or a name. */
  readonly annotations?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly config?: { readonly document: object; readonly mediaType: string };
}

/**
 * `oras push`.
 *
 * @param reference `org/model:v1`.
 * @returns the digest of the manifest.
 */
export async function pushWithOras(
  tools: Tools,
  registry: RealRegistry,
  reference: string,
  { files, artifactType, annotations, config }: OrasPush,
): Promise<Digest> {
  const cwd = await mkdtemp(join(registry.dir, "push-"));
  const args = ["push", "--plain-http", "--no-tty", "--registry-config", registry.authFile, "--format", "json"];
  if (artifactType !== undefined) args.push("--artifact-type", artifactType);
  if (annotations !== undefined) {
    await writeFile(join(cwd, "annotations.json"), JSON.stringify(annotations));
    args.push("--annotation-file", "annotations.json");
  }
  if (config !== undefined) {
    await writeFile(join(cwd, "config.json.of-the-manifest"), JSON.stringify(config.document));
    args.push("--config", `config.json.of-the-manifest:${config.mediaType}`);
  }
  args.push(`${registry.host}/${reference}`);
  for (const [name, { content, mediaType }] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeContent(join(cwd, name), content);
    args.push(mediaType === undefined ? name : `${name}:${mediaType}`);
  }
  const { stdout } = await execa(tools.oras, args, { cwd, stdin: "ignore", timeout: timeoutMs });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- JSON.parse is untyped; a push that went well names the digest.
  return (JSON.parse(stdout) as { readonly digest: Digest }).digest;
}

/** `oras cp`: an artifact of any kind, as it is. The same as `pushWithOras`, but that nothing is made anew. */
export async function copyWithOras(
  tools: Tools,
  registry: RealRegistry,
  reference: string,
  artifact: OciArtifact,
): Promise<Digest> {
  const layout = await layoutFor(registry, artifact);
  const args = ["cp", "--no-tty", "--from-oci-layout", "--to-plain-http", "--to-registry-config", registry.authFile];
  await execa(tools.oras, [...args, `${layout}:pushed`, `${registry.host}/${reference}`], {
    stdin: "ignore",
    timeout: timeoutMs,
  });
  return artifact.root.digest;
}

/**
 * `skopeo copy`, of an image or an index with all its images, so that digests stay. It reads no manifests of Docker from a
 * layout of OCI: those are for `copyWithOras`.
 */
export async function pushImageWithSkopeo(
  tools: Tools,
  registry: RealRegistry,
  reference: string,
  image: OciArtifact,
): Promise<Digest> {
  const layout = await layoutFor(registry, image);
  const args = ["copy", "--insecure-policy", "--all", "--preserve-digests", "--dest-tls-verify=false"];
  args.push("--authfile", registry.authFile, `oci:${layout}:pushed`, `docker://${registry.host}/${reference}`);
  await execa(tools.skopeo, args, { stdin: "ignore", timeout: timeoutMs });
  return image.root.digest;
}

async function layoutFor({ dir }: RealRegistry, artifact: OciArtifact): Promise<string> {
  const layout = await mkdtemp(join(dir, "layout-"));
  await writeOciLayout(layout, "pushed", artifact);
  return layout;
}

const timeoutMs = 60_000;
