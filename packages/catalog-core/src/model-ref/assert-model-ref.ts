import { isDeepStrictEqual } from "node:util";
import { modelId } from "./model-id.ts";
import type { ModelRef } from "./model-ref.ts";
import { parseModelRef } from "./parse-model-ref.ts";
import { refuse } from "./ref-refusal.ts";

/**
 * Refuses an object that `parseModelRef` could not have made: one put together by hand with a relative path, an empty
 * part, a `..`. What takes a {@link ModelRef} from its callers checks it here, since the type alone promises none of that.
 * @throws ModelError `REF_INVALID`
 */
export function assertModelRef(ref: ModelRef): void {
  const id: unknown = modelId(ref);
  if (typeof id === "string" && isDeepStrictEqual(parseModelRef(id), ref)) return;
  throw refuse(id, {
    part: "reference",
    problem: "its parts are not in canonical form",
    hint: "Make references with parseModelRef, which checks and normalizes every part.",
  });
}
