import { printMarkdown } from "../print-table.ts";
import { seconds } from "../timed.ts";
import type { ToolFigures } from "./compare-tools.ts";

/** Every tool beside every other. `in process` is without the start of Node, which the whole command has. */
export function printFigures(title: string, figures: readonly ToolFigures[]): void {
  printMarkdown(
    [title, "version", "whole command", "in process", "CPU", "peak memory", "requests", "sent", "verified", "runs"],
    figures.map(({ tool, runs, workMs, commandMs, cpuSeconds, maxRssMb, requests, sentBytes }) => [
      tool.name,
      tool.version,
      seconds(commandMs),
      tool.kind === "native" ? "" : seconds(workMs),
      seconds(1_000 * cpuSeconds),
      `${maxRssMb.toFixed(0)} MB`,
      String(requests),
      `${(sentBytes / 2 ** 20).toFixed(0)} MB`,
      tool.isVerifying ? "yes" : "no",
      String(runs),
    ]),
  );
}
