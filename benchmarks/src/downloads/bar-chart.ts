/** Horizontal bars in groups, as an SVG that is readable on light and on dark pages. */
export interface BarChart {
  readonly title: string;
  readonly groups: readonly BarGroup[];
  /** What is below it, a line each. */
  readonly caption: readonly string[];
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Bar {
  readonly name: string;
  readonly seconds: number;
  /** Said beside the time. */
  readonly note: string;
  /** `plain` bars are paler; `ours` has a colour of its own. */
  readonly kind: "ours" | "marked" | "plain";
}

const width = 760;
const barsX = 170;
/** The rest is for the words behind the longest bar. */
const barsWidth = 380;
const barHeight = 18;
const rowHeight = 26;
const lineHeight = 16;

const style = `
    text { font: 13px system-ui, sans-serif; fill: #1f2328; }
    .title { font-size: 16px; font-weight: 600; }
    .group { font-weight: 600; }
    .caption { font-size: 11px; fill: #59636e; }
    .ours { fill: #1a7f37; }
    .marked { fill: #0969da; }
    .plain { fill: #818b98; }
    .cut { stroke: #ffffff; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .caption { fill: #9198a1; }
      .ours { fill: #3fb950; }
      .marked { fill: #4493f8; }
      .plain { fill: #656c76; }
      .cut { stroke: #0d1117; }
    }`;

export function barChart({ title, groups, caption }: BarChart): string {
  const longest = longestToScale(groups.flatMap(({ bars }) => bars.map(({ seconds }) => seconds)));
  const drawn = [text({ x: 0, y: 20, className: "title" }, title)];
  let y = 32;
  for (const group of groups) {
    drawn.push(text({ x: 0, y: y + 22, className: "group" }, group.title));
    y += 32;
    for (const bar of group.bars) {
      drawn.push(drawBar(bar, y, longest));
      y += rowHeight;
    }
  }
  for (const line of caption) drawn.push(text({ x: 0, y: (y += lineHeight), className: "caption" }, line));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 10}" role="img" aria-label="${escape(title)}">
  <style>${style}
  </style>
${drawn.map((line) => `  ${line}`).join("\n")}
</svg>
`;
}

/** Bars that are far longer than most are cut, or the others would all look alike. */
function longestToScale(values: readonly number[]): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 1;
  return Math.max(...values.filter((value) => value <= 2.5 * middle));
}

function drawBar({ name, seconds, note, kind }: Bar, y: number, longest: number): string {
  const length = Math.max(2, Math.round((barsWidth * Math.min(seconds, longest)) / longest));
  const words = `${seconds.toFixed(2)} s${note === "" ? "" : ` · ${note}`}`;
  return [
    text({ x: barsX - 8, y: y + 14, className: "name", anchor: "end" }, name),
    `<rect class="${kind}" x="${barsX}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`,
    ...(seconds > longest ? [drawCut(barsX + length - 24, y)] : []),
    text({ x: barsX + length + 8, y: y + 14, className: "figure" }, words),
  ].join("\n  ");
}

/** Two slanted lines through a bar: it goes on for longer than there is room. */
function drawCut(x: number, y: number): string {
  const slant = (at: number): string => `M${at} ${y + barHeight + 2}l6 -${barHeight + 4}`;
  return `<path class="cut" d="${slant(x)}${slant(x + 6)}" stroke-width="3"/>`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly className: string;
  readonly anchor?: "end";
}

function text({ x, y, className, anchor }: Place, words: string): string {
  const end = anchor === undefined ? "" : ` text-anchor="${anchor}"`;
  return `<text class="${className}" x="${x}" y="${y}"${end}>${escape(words)}</text>`;
}

function escape(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
