import { startTestHub, type TestHub } from "../../test-hub/src/index.ts";

export const reader = "hf_readerreaderreaderreaderreader";
export const stranger = "hf_strangerstrangerstrangerstrang";
export const weights: Buffer = Buffer.alloc(300_000, "weights ");

/** A Hub with a repository of every kind. */
export async function startModelHub(): Promise<TestHub> {
  const hub = await startTestHub();
  hub.addToken(reader, { user: "reader", canRead: ["org/private", "org/gated"] });
  hub.addToken(stranger, { user: "stranger", canRead: [] });
  const files = {
    "README.md": "# A model\n",
    "config.json": "{}",
    "sub/folder/model.safetensors": weights,
    "model-q4.gguf": Buffer.concat([weights, Buffer.from("q4")]),
    "model-fp16.gguf": "fp16",
  };
  hub.addRepository("org/model", { files, branches: { "refs/pr/1": { "config.json": "[1]" } }, tags: ["v1"] });
  hub.addRepository("org/private", { files: { "model.gguf": "private" }, private: true });
  hub.addRepository("org/gated", { files: { "model.gguf": "gated" }, gated: "manual" });
  hub.addRepository("org/disabled", { files: { "model.gguf": "disabled" }, disabled: true });
  return hub;
}
