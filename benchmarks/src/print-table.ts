import type { Row } from "./row.ts";

/** A Markdown table, so that it can be pasted where figures are asked for. */
export function printTable(rows: readonly Row[]): void {
  console.log("| work | bar | measured | met |\n|---|---|---|---|");
  for (const { work, bar, result, isMet } of rows)
    console.log(`| ${work} | ${bar} | ${result} | ${isMet ? "yes" : "NO"} |`);
  console.log("");
}
