import type { CatalogEntry, Lifecycle } from "../catalog-entry.ts";

/** An operation on one entry, and when it was under way, by a clock that all processes share. */
export type Timed = { readonly from: bigint; readonly to: bigint } & (
  | { readonly type: "put"; readonly version: string; readonly lifecycle: Lifecycle }
  | { readonly type: "setState"; readonly lifecycle: Lifecycle }
);

/**
 * Whether some order of the operations, one after the other, ends in this entry, in which none comes before another that
 * had been completed when it began.
 */
export function isExplained(entry: CatalogEntry, operations: readonly Timed[]): boolean {
  const puts = operations.filter(({ type }) => type === "put");
  const lastPut = puts.find((each) => each.type === "put" && each.version === entry.provenance.revision);
  if (lastPut === undefined || !canBeLast(lastPut, puts)) return false;
  if (lastPut.lifecycle === entry.lifecycle && canBeLast(lastPut, operations)) return true;
  return operations.some(
    (each) => each.type === "setState" && each.lifecycle === entry.lifecycle && canBeLast(each, operations),
  );
}

function canBeLast(operation: Timed, among: readonly Timed[]): boolean {
  return among.every((each) => each.from <= operation.to);
}
