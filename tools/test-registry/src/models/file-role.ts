/** What a file is to a model, by its name, as the packers guess it. */
export type FileRole = "weight" | "weight.config" | "doc" | "code" | "dataset";

export function fileRole(path: string): FileRole {
  if (/\.(?:gguf|safetensors|bin|pt|onnx|dduf)$/.test(path)) return "weight";
  if (/\.md$|(?:^|\/)LICENSE/.test(path)) return "doc";
  if (/\.(?:py|sh|ipynb)$/.test(path)) return "code";
  return /\.(?:csv|jsonl|parquet)$/.test(path) ? "dataset" : "weight.config";
}
