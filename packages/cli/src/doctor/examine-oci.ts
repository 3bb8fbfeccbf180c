import { isModelError } from "@llama-orch/catalog-core";
import type { LoginFile } from "@llama-orch/fetcher-oci";
import { mirrorsVariable, plainHttpVariable, registryOptions } from "../oci/registry-options.ts";
import type { Environment } from "./hub-route.ts";
import type { Problem } from "./problem.ts";

/** By which ways, and as whom, registries would be asked. Nothing in it is secret. */
export interface OciFacts {
  /** Where logins are kept, in the order in which they count. */
  readonly logins: readonly LoginFile[];
  readonly plainHttp: readonly string[];
  readonly mirrors: Readonly<Record<string, readonly string[]>>;
}

/** What was found out, or what of it makes no sense. */
export type OciExamination = { readonly facts: OciFacts } | { readonly failure: Problem };

/** Reads what is set as `ensure` would; asks nobody, and runs no helper. */
export async function examineOci(env: Environment): Promise<OciExamination> {
  const { inspectLogins } = await import("../network-fetchers.ts");
  try {
    return { facts: { logins: await inspectLogins(env), ...registryOptions(env) } };
  } catch (error) {
    if (!isModelError(error)) throw error;
    return { failure: { text: error.message, hint: error.hint } };
  }
}

/** What is set, and makes models of registries fail. */
export function ociProblems(examination: OciExamination): Problem[] {
  return "failure" in examination ? [examination.failure] : [];
}

/** The same as lines for people. */
export function ociFacts({ logins, plainHttp, mirrors }: OciFacts): (readonly [string, string])[] {
  const places = Object.entries(mirrors).map(([registry, mirror]) => `${registry} by ${mirror.join(", ")}`);
  return [
    ...(logins.length === 0
      ? [["oci login", "none: registries are asked as nobody"] as const]
      : logins.map((file) => ["oci login", loginLine(file)] as const)),
    ...(plainHttp.length === 0 ? [] : [["oci clear", `${plainHttp.join(", ")} (${plainHttpVariable})`] as const]),
    ...(places.length === 0 ? [] : [["oci mirror", `${places.join("; ")} (${mirrorsVariable})`] as const]),
  ];
}

function loginLine({ path, registries, helpers }: LoginFile): string {
  const which = [
    registries.length === 0 ? "no registry" : registries.join(", "),
    ...(helpers.length === 0 ? [] : [`by ${helpers.join(", ")}`]),
  ];
  return `${path}: ${which.join("; ")}`;
}
