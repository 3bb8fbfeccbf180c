import { type Bar, barChart, type BarGroup } from "./bar-chart.ts";
import { versionOf } from "./command-version.ts";
import type { ToolFigures } from "./compare-tools.ts";
import { describeMachine } from "./machine.ts";

export interface FiguresOfProtocol {
  readonly protocol: string;
  readonly figures: readonly ToolFigures[];
}

/** Time for each tool, as its user would see it: of the whole command, the start of Node included. */
export function downloadsChart(all: readonly FiguresOfProtocol[]): string {
  const versions = all.flatMap(({ figures }) =>
    figures.flatMap(({ tool }) => (tool.kind === "ours" ? [] : [`${tool.name.split(" ")[0]} ${tool.version}`])),
  );
  const runs = new Set(all.flatMap(({ figures }) => figures.map((one) => one.runs)));
  return barChart({
    title: "Download of 1 GiB over loopback: time of the whole command",
    groups: all.map(({ protocol, figures }): BarGroup => ({
      title: protocol,
      bars: figures.toSorted(byTime).map(barOf),
    })),
    caption: [
      `Taken on ${new Date().toISOString().slice(0, 10)}: medians of ${[...runs].join(" or ")} alternating runs.`,
      describeMachine(),
      `Server: nginx ${versionOf("nginx", "-v") ?? ""}, one worker, file in the page cache. Node ${process.versions.node}.`,
      [...new Set(versions)].join(", "),
    ],
  });
}

function byTime(a: ToolFigures, b: ToolFigures): number {
  return a.commandMs - b.commandMs;
}

function barOf({ tool, commandMs }: ToolFigures): Bar {
  return {
    name: tool.kind === "ours" ? "model-provisioner" : tool.name,
    seconds: commandMs / 1_000,
    note: tool.isVerifying ? "✓ SHA-256 verified" : "not verified",
    kind: tool.kind === "ours" ? "ours" : tool.isVerifying ? "marked" : "plain",
  };
}
