import { redactText } from "@llama-orch/catalog-core";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the CLI asks, without a slash at the end and without secrets. */
export function endpointOf(env: Environment): string {
  const set = env["HF_ENDPOINT"]?.trim();
  return redactText(set === undefined || set === "" ? "https://huggingface.co" : set.replace(/\/+$/, ""));
}
