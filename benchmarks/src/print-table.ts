import type { Row } from "./row.ts";

/** What was measured against its bars. */
export function printTable(rows: readonly Row[]): void {
  printMarkdown(
    ["work", "bar", "measured", "met"],
    rows.map(({ work, bar, result, isMet }) => [work, bar, result, isMet ? "yes" : "NO"]),
  );
}

/** A Markdown table, so that it can be pasted where figures are asked for; none without rows. */
export function printMarkdown(head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const lines = [head, head.map(() => "---"), ...rows];
  for (const cells of lines) console.log(`| ${cells.join(" | ")} |`);
  console.log("");
}
