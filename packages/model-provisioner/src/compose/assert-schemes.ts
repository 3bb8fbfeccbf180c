import type { ModelFetcher } from "@llama-orch/catalog-core";
import { provisionerError } from "../errors.ts";

/**
 * That references can reach this fetcher: by at least one scheme, and by each that it declares.
 * @throws ModelError `FETCHER_SCHEME_INVALID`
 */
export function assertSchemes({ name, schemes }: Pick<ModelFetcher, "name" | "schemes">): void {
  const unreachable = schemes.filter((scheme) => !schemePattern.test(scheme));
  if (schemes.length > 0 && unreachable.length === 0) return;
  const problem =
    schemes.length === 0
      ? "declares no scheme"
      : `declares what can be no scheme of a reference: ${unreachable.map((scheme) => JSON.stringify(scheme)).join(", ")}`;
  throw provisionerError("FETCHER_SCHEME_INVALID", {
    message: `The fetcher ${name} ${problem}.`,
    hint: "A scheme has two or more lower-case letters, digits, +, - or dots, begins with a letter, and stands without its colon.",
    facts: { fetcher: name, schemes },
  });
}

/** As `parseModelRef` reads schemes, which it prints in lower case. One letter is a Windows drive. */
const schemePattern = /^[a-z][a-z0-9+.-]+$/;
