import type { Row } from "../row.ts";
import { seconds } from "../timed.ts";
import type { ToolFigures } from "./compare-tools.ts";

export interface Rivalry {
  readonly work: string;
  /** How many times as long as the fastest rival ours may take. */
  readonly most: number;
  /** Names of tools. */
  readonly rivals: readonly string[];
  /** What the bar calls them. */
  readonly named: string;
  /** The tool that shows how fast the server can be. */
  readonly floor?: string;
}

/** Ours against the fastest rival; nothing where either is missing. Compared is the work, in process, as a program that calls ours has it. */
export function rowsAgainst(
  figures: readonly ToolFigures[],
  { work, most, rivals, named, floor }: Rivalry,
): readonly Row[] {
  const [theirs] = figures
    .filter(({ tool }) => rivals.includes(tool.name))
    .toSorted((one, other) => one.workMs - other.workMs);
  const ours = figures.find(isOurs);
  if (theirs === undefined || ours === undefined) return [];
  const [ratio, whole] = [ours.workMs / theirs.workMs, ours.commandMs / theirs.commandMs];
  const shown = `${seconds(ours.workMs)} in process, ${theirs.tool.name} ${seconds(theirs.workMs)}`;
  const least = figures.find(({ tool }) => tool.name === floor);
  const given = least === undefined ? "" : `; the server gives it to ${least.tool.name} in ${seconds(least.workMs)}`;
  return [
    {
      work,
      bar: `≤ ${most.toFixed(2)} × ${named}`,
      result: `${ratio.toFixed(2)} × (${shown}; whole command ${whole.toFixed(2)} ×, ${seconds(ours.commandMs)}${given})`,
      isMet: ratio <= most,
    },
  ];
}

/** The most of any run of ours. */
export function memoryRows(figures: readonly ToolFigures[], work: string): readonly Row[] {
  const ours = figures.filter(isOurs).map(({ maxRssMb }) => maxRssMb);
  if (ours.length === 0) return [];
  const most = Math.max(...ours);
  return [{ work, bar: "≤ 150 MB", result: `${most.toFixed(0)} MB`, isMet: most <= 150 }];
}

function isOurs({ tool }: ToolFigures): boolean {
  return tool.kind === "ours";
}
