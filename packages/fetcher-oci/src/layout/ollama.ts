import { partsByRole } from "./by-role.ts";
import type { Layout } from "./layout.ts";

const name = "Ollama";

/** A manifest of docker's second schema, with an image's configuration; the layers say what they are for. */
const names: Readonly<Record<string, string>> = {
  "application/vnd.ollama.image.model": "model.gguf",
  "application/vnd.ollama.image.projector": "projector.gguf",
  "application/vnd.ollama.image.adapter": "adapter.gguf",
  "application/vnd.ollama.image.template": "template",
  "application/vnd.ollama.image.params": "params.json",
  "application/vnd.ollama.image.system": "system",
  "application/vnd.ollama.image.messages": "messages.json",
  "application/vnd.ollama.image.license": "LICENSE",
};

/** What `ollama push` makes. */
export const ollama: Layout = {
  name,
  recognises: ({ layers }) => layers.some(({ mediaType }) => mediaType.startsWith("application/vnd.ollama.image.")),
  parts: ({ layers }) => partsByRole(layers, names, name),
};
