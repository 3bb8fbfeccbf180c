export { type AuthSpec, type BasicAuth, type BearerAuth } from "./auth/auth-spec.ts";
export { type TokenLie } from "./auth/token-answer.ts";
export {
  type ArtifactSpec,
  buildArtifact,
  buildManifest,
  type BuiltManifest,
  descriptorOf,
  type Files,
  type LayerSpec,
  type OciArtifact,
} from "./content/artifact.ts";
export { type Descriptor, type Digest, digestOf, mediaTypes } from "./content/descriptor.ts";
export { dockerModel, type DockerModelOptions } from "./models/docker-model.ts";
export { kitopsModel, type KitopsOptions } from "./models/kitops-model.ts";
export { modelcarImage, type ModelcarOptions, opaqueWhiteout, whiteout } from "./models/modelcar-image.ts";
export { modelPackModel, type ModelPackOptions } from "./models/model-pack.ts";
export { type OllamaLayer, ollamaModel } from "./models/ollama-model.ts";
export { orasFiles, type OrasOptions } from "./models/oras-files.ts";
export { type RegistryPart, type RegistryRequest } from "./registry-request.ts";
export { type BlobStore } from "./server/blob-store.ts";
export { type RegistryFault } from "./server/decide.ts";
export { ociError, type OciErrorCode, type OciErrorDetails, tooManyPulls } from "./server/oci-error.ts";
export { type ManifestLie } from "./server/stores.ts";
export { type Compression, packEntries, packFiles } from "./tar/pack.ts";
export { fileEntries, type TarEntry, tarOf, type TarOptions } from "./tar/tar.ts";
export {
  type PushedArtifact,
  startTestRegistry,
  type TestRegistry,
  type TestRegistryOptions,
  type TokenServer,
} from "./test-registry.ts";
