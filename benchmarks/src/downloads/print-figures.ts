import { printMarkdown } from "../print-table.ts";
import { seconds } from "../timed.ts";
import type { ToolFigures } from "./compare-tools.ts";

/** In their order. `in process` is without the start of Node, which the whole command has. */
const columns: Readonly<Record<string, (figures: ToolFigures) => string>> = {
  version: ({ tool }) => tool.version,
  "whole command": ({ commandMs }) => seconds(commandMs),
  "in process": ({ tool, workMs }) => (tool.kind === "native" ? "" : seconds(workMs)),
  CPU: ({ cpuSeconds }) => seconds(1_000 * cpuSeconds),
  "peak memory": ({ maxRssMb }) => `${maxRssMb.toFixed(0)} MB`,
  requests: ({ requests }) => (Number.isNaN(requests) ? "" : String(requests)),
  sent: ({ sentBytes }) => (Number.isNaN(sentBytes) ? "" : `${(sentBytes / 2 ** 20).toFixed(0)} MB`),
  "server's CPU": ({ serverCpuSeconds, commandMs }) =>
    Number.isNaN(serverCpuSeconds)
      ? ""
      : `${seconds(1_000 * serverCpuSeconds)}, ${((1_000 * serverCpuSeconds) / commandMs).toFixed(2)} cores`,
  verified: ({ tool }) => (tool.isVerifying ? "yes" : "no"),
  runs: ({ runs }) => String(runs),
};

/** Every tool beside every other; without the columns of what is known of none. */
export function printFigures(title: string, figures: readonly ToolFigures[]): void {
  const shown = Object.entries(columns).filter(([, cell]) => figures.some((tool) => cell(tool) !== ""));
  printMarkdown(
    [title, ...shown.map(([head]) => head)],
    figures.map((tool) => [tool.tool.name, ...shown.map(([, cell]) => cell(tool))]),
  );
}
