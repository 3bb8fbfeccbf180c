import type { OciFetcherOptions } from "@llama-orch/fetcher-oci";
import { usageError } from "../errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable with registries that are asked in the clear, beside those of this machine. */
export const plainHttpVariable = "MODEL_PROVISIONER_PLAIN_HTTP";

/** The variable with other places of a registry's content: `docker.io=mirror.example`. */
export const mirrorsVariable = "MODEL_PROVISIONER_MIRRORS";

/**
 * By which ways registries are asked: what the environment says, in words that are separated by commas or spaces.
 * @throws ModelError `USAGE_INVALID`
 */
export function registryOptions(env: Environment): Required<Pick<OciFetcherOptions, "plainHttp" | "mirrors">> {
  const mirrors = new Map<string, string[]>();
  for (const word of words(env[mirrorsVariable])) {
    const [, registry, place] = /^([^=\s]+)=([^=\s]+)$/.exec(word) ?? [];
    if (registry === undefined || place === undefined || !isRegistry(registry) || !isRegistry(place)) {
      throw unreadable(
        mirrorsVariable,
        word,
        "Write REGISTRY=MIRROR, each as host or host:port; a mirror may have a path.",
      );
    }
    mirrors.set(registry, [...(mirrors.get(registry) ?? []), place]);
  }
  const plainHttp = words(env[plainHttpVariable]);
  const wrong = plainHttp.find((word) => !isRegistry(word) || word.includes("/"));
  if (wrong !== undefined) throw unreadable(plainHttpVariable, wrong, "Write registries as host or host:port.");
  return { plainHttp, mirrors: Object.fromEntries(mirrors) };
}

function words(text = ""): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

function isRegistry(text: string): boolean {
  return !text.includes("//") && !text.includes("@") && URL.canParse(`https://${text}/`);
}

function unreadable(variable: string, word: string, hint: string): Error {
  return usageError(`${variable} has ${JSON.stringify(word)}, which says nothing of a registry.`, hint, variable);
}
