import type { DamageReport } from "@llama-orch/catalog-core";
import { clause } from "./clause.ts";

/** A sentence about a record that cannot be read. */
export function damageText({ path, problem }: DamageReport): string {
  return `${path} is no readable record: ${clause(problem)}.`;
}
