import { usageError } from "../errors.ts";

/** What a command takes beside its options. */
export interface OperandSpec {
  /** What stands for one in the help: `REF`. */
  readonly name: string;
  readonly min: 0 | 1;
  readonly max: 1 | "many";
}

/** `REF`, `REF…`, `[ID…]`; nothing for a command without operands. */
export function operandSynopsis(spec: OperandSpec | undefined): string {
  if (spec === undefined) return "";
  const text = spec.max === "many" ? `${spec.name}…` : spec.name;
  return spec.min === 0 ? `[${text}]` : text;
}

/** @throws ModelError `USAGE_INVALID` */
export function assertOperands(command: string, spec: OperandSpec | undefined, operands: readonly string[]): void {
  const usage = `Write: model-provisioner ${command} ${operandSynopsis(spec)}`.trimEnd();
  if (operands.length < (spec?.min ?? 0)) {
    throw usageError(`${command} needs ${spec?.name ?? "an operand"}.`, `${usage}; --help says more.`);
  }
  const max = spec === undefined ? 0 : spec.max === "many" ? Number.POSITIVE_INFINITY : spec.max;
  const surplus = operands[max];
  if (surplus === undefined) return;
  const takes = max === 0 ? "no operand" : `one ${spec?.name ?? "operand"}`;
  throw usageError(`${command} takes ${takes}, and ${JSON.stringify(surplus)} is one too many.`, `${usage}.`, surplus);
}
