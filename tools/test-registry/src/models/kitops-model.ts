import { buildArtifact, type Files, type LayerSpec, type OciArtifact } from "../content/artifact.ts";
import { digestOf } from "../content/descriptor.ts";
import { packFiles } from "../tar/pack.ts";
import { fileRole } from "./file-role.ts";

export interface KitopsOptions {
  /** @default "none" */
  readonly compression?: "none" | "gzip";
}

/** A ModelKit of KitOps (github.com/kitops-ml/kitops): each file in an archive of its own, and the Kitfile for a config. */
export function kitopsModel(files: Files, { compression = "none" }: KitopsOptions = {}): OciArtifact {
  let hasModel = false;
  const parts = Object.entries(files).map(([path, content]) => {
    const kind = kindOf(path, hasModel);
    hasModel ||= kind === "model";
    return { path, kind, ...packFiles({ [path]: content }, compression) };
  });
  const suffix = compression === "gzip" ? "tar+gzip" : "tar";
  const layers = parts.map(({ kind, packed }): LayerSpec => ({
    mediaType: `application/vnd.kitops.modelkit.${kind}.v1.${suffix}`,
    content: packed,
  }));
  const listed = (wanted: KitKind): object[] =>
    parts
      .filter(({ kind }) => kind === wanted)
      .map(({ path, tar, packed }) => ({ path, layerInfo: { digest: digestOf(packed), diffId: digestOf(tar) } }));
  const [model] = listed("model");
  return buildArtifact({
    manifest: {
      artifactType: "application/vnd.kitops.modelkit.manifest.v1+json",
      annotations: { "ml.kitops.modelkit.cli-version": "1.7.0" },
    },
    config: {
      mediaType: "application/vnd.kitops.modelkit.config.v1+json",
      document: {
        manifestVersion: "1.0.0",
        package: { name: "model" },
        model: { name: "model", ...model, parts: listed("modelpart") },
        docs: listed("docs"),
        code: listed("code"),
        datasets: listed("dataset"),
      },
    },
    layers,
    files,
  });
}

type KitKind = "model" | "modelpart" | "docs" | "code" | "dataset";

function kindOf(path: string, hasModel: boolean): KitKind {
  const role = fileRole(path);
  if (role === "doc") return "docs";
  if (role === "code" || role === "dataset") return role;
  return role === "weight" && !hasModel ? "model" : "modelpart";
}
