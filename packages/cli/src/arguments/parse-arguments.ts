import { parseArgs } from "node:util";
import { usageError } from "../errors.ts";
import { closestWord } from "./closest-word.ts";
import type { OptionSpec, OptionTable, OptionValues } from "./option-table.ts";

/** A command line, read by the options of its command. */
export interface ParsedArguments<Table extends OptionTable> {
  readonly values: OptionValues<Table>;
  readonly operands: readonly string[];
}

/**
 * Reads what follows a command's name. Options and operands may come in any order; after `--` all are operands.
 * Node's own strict parser is not used: it takes `--digest --json` as two options, and its messages teach nothing.
 * @throws ModelError `USAGE_INVALID`
 */
export function parseArguments<const Table extends OptionTable>(
  args: readonly string[],
  table: Table,
): ParsedArguments<Table> {
  const { tokens } = parseArgs({ args: [...args], options: forNode(table), strict: false, tokens: true });
  const values: Record<string, string | true> = {};
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName } = token;
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec === undefined) throw unknownOption(rawName, Object.keys(table));
    if (name in values && spec.type === "value") throw usageError(`${rawName} is given twice.`, "Give it once.", name);
    values[name] = spec.type === "flag" ? assertNoValue(token) : valueOf(token, spec);
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Every name and value was checked against the table, which is what the type is made of.
  return { values: values as OptionValues<Table>, operands };
}

function forNode(table: OptionTable): Record<string, { type: "boolean" | "string"; short?: string }> {
  return Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [
      name,
      spec.type === "value"
        ? { type: "string" as const }
        : { type: "boolean" as const, ...(spec.short !== undefined && { short: spec.short }) },
    ]),
  );
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function assertNoValue({ rawName, value }: OptionToken): true {
  if (value === undefined) return true;
  throw usageError(`${rawName} takes no value.`, `Write ${rawName} alone.`, rawName);
}

function valueOf({ rawName, value, inlineValue }: OptionToken, spec: OptionSpec & { type: "value" }): string {
  const { choices, placeholder = "VALUE", forms } = spec;
  const hint = forms ?? `Write ${rawName} ${choices?.join("|") ?? placeholder}.`;
  // `--digest --json` is a forgotten digest, not one that begins with a dash; a number below 0 is a value, if a wrong one.
  const isOption = value?.startsWith("-") === true && !/^-\.?\d/.test(value);
  if (value === undefined || value === "" || (isOption && inlineValue !== true)) {
    throw usageError(`${rawName} needs a value.`, hint, rawName);
  }
  if (choices !== undefined && !choices.includes(value)) {
    throw usageError(`${JSON.stringify(value)} is not a value for ${rawName}.`, hint, rawName);
  }
  return value;
}

function unknownOption(rawName: string, names: readonly string[]): Error {
  const meant = closestWord(rawName.replace(/^-+/, ""), names);
  const hint = meant === undefined ? "--help lists the options." : `Did you mean --${meant}?`;
  return usageError(`There is no option ${rawName} here.`, hint, rawName);
}
