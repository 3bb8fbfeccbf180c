import { redactText, registerSecretsFromEnvironment } from "@llama-orch/catalog-core";

/** A text of the CLI without the secrets that its environment holds, also those whose look does not give them away. */
export function withoutSecrets(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const forget = registerSecretsFromEnvironment(env);
  try {
    return redactText(text);
  } finally {
    forget();
  }
}
