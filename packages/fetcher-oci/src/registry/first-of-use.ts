import { isModelError, type Logger } from "@llama-orch/catalog-core";
import type { Registry } from "./registry.ts";

/**
 * What the first place answers that is of use; the failure of the last one, which is the registry itself, is the failure.
 * @throws `signal.reason` untouched when aborted
 */
export async function firstOfUse<Answer>(
  places: readonly Registry[],
  { signal, logger }: { readonly signal: AbortSignal; readonly logger: Logger },
  ask: (place: Registry) => Promise<Answer>,
): Promise<Answer> {
  for (const [index, place] of places.entries()) {
    try {
      return await ask(place);
    } catch (error) {
      signal.throwIfAborted();
      if (index === places.length - 1 || !isModelError(error)) throw error;
      logger.warn("a mirror is of no use; the next place is asked", { registry: place.host, code: error.code });
    }
  }
  throw new TypeError("there is always a last place, which returns or throws");
}
