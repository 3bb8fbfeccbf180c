import type { ModelFetcher } from "@llama-orch/catalog-core";
import { noFetcher } from "./no-fetcher.ts";

/**
 * The fetcher that serves a scheme: a member of a composite, or the fetcher itself.
 * @throws ModelError `NO_FETCHER`
 */
export function selectFetcher(fetcher: ModelFetcher, scheme: string): ModelFetcher {
  const selected = fetcher.schemes.includes(scheme) ? (fetcher.member?.(scheme) ?? fetcher) : undefined;
  if (selected === undefined) throw noFetcher(scheme, fetcher.schemes);
  return selected;
}
