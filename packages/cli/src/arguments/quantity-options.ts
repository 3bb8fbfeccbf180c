import { usageError } from "../errors.ts";

/** Decimal units as disks and model hubs count, binary ones as memory does. */
const unitBytes: ReadonlyMap<string, number> = new Map([
  ["b", 1],
  ["kb", 1e3],
  ["mb", 1e6],
  ["gb", 1e9],
  ["tb", 1e12],
  ["kib", 1024],
  ["mib", 1024 ** 2],
  ["gib", 1024 ** 3],
  ["tib", 1024 ** 4],
]);

/** How to write a size. */
export const sizeForms = "Write 50GB, 500MB or 1.5TB (decimal units), 2GiB (binary ones), or a whole number of bytes.";

/**
 * A size in bytes: `50GB`, `2GiB`, `1.5TB`, `1000`. Units in any case; one space before them is fine, as this command
 * prints them so. `50G` is refused: one program takes it for decimal, another for binary.
 * @throws ModelError `USAGE_INVALID`
 */
export function parseSizeOption(rawName: string, text: string): number {
  const [, digits = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text) ?? [];
  const bytes = digits === "" ? wholeNumber(text) : Number(digits) * (unitBytes.get(unit.toLowerCase()) ?? Number.NaN);
  return checked(rawName, { text, amount: Math.floor(bytes), forms: sizeForms });
}

/** How to write a number of hours. */
export const hourForms = "Write a number of hours, 0 or more: 24, or 0.5.";
const hourMs = 3_600_000;

/**
 * A time in ms, written in hours.
 * @throws ModelError `USAGE_INVALID`
 */
export function parseHoursOption(rawName: string, text: string): number {
  const hours = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return checked(rawName, { text, amount: Math.round(hours * hourMs), forms: hourForms });
}

function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

interface Written {
  readonly text: string;
  readonly amount: number;
  readonly forms: string;
}

/** Beyond 2^53 a number is no longer the one that was written. */
function checked(rawName: string, { text, amount, forms }: Written): number {
  if (Number.isSafeInteger(amount)) return amount;
  const problem = amount > 0 ? "is too large" : "is not a value";
  throw usageError(`${JSON.stringify(text)} ${problem} for ${rawName}.`, forms, rawName);
}
