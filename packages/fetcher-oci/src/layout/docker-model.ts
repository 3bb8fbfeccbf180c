import type { Descriptor } from "../manifest/documents.ts";
import { partsByRole } from "./by-role.ts";
import type { Layout, Part } from "./layout.ts";

const name = "Docker model";
const config = /^application\/vnd\.docker\.ai\.model\.config\.v0\.\d+\+json$/;
const archive = /^application\/vnd\.docker\.ai\.(?:vllm\.config|dir)\.tar$/;

/** What a layer is called where no annotation tells: as Docker Model Runner unpacks them. */
const names: Readonly<Record<string, string>> = {
  "application/vnd.docker.ai.gguf.v3": "model.gguf",
  "application/vnd.docker.ai.gguf.v3.lora": "adapter.gguf",
  "application/vnd.docker.ai.safetensors": "model.safetensors",
  "application/vnd.docker.ai.dduf": "model.dduf",
  "application/vnd.docker.ai.mmproj": "model.mmproj",
  "application/vnd.docker.ai.license": "LICENSE",
  "application/vnd.docker.ai.chat.template.jinja": "template.jinja",
};

/** What `docker model package` makes. */
export const dockerModel: Layout = {
  name,
  recognises: ({ config: { mediaType } }) => config.test(mediaType),
  parts: ({ layers }) => {
    const files = layers.filter(({ mediaType }) => !archive.test(mediaType));
    const parts = new Map(partsByRole(files, names, name).map((part): [Descriptor, Part] => [part.layer, part]));
    return layers.map((layer) => parts.get(layer) ?? { type: "archive", layer, compression: "none" });
  },
};
