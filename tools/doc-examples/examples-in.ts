/** A code block of a document that is held to what it says. */
export interface Example {
  readonly language: "ts" | "sh";
  /** The line of the opening fence, from 1. */
  readonly line: number;
  readonly text: string;
  readonly run: boolean;
  /** What it prints, where the document says so; `...` stands for any text within a line. */
  readonly output?: string;
}

/**
 * The examples of a Markdown document, by the words after the opening fence:
 *
 * - `ts`: type-checked and run. `ts check-only`: type-checked. `ts no-run`: left alone.
 * - `sh run`: run. `sh`: left alone.
 * - `text output`: what the example directly before it prints.
 *
 * Any other word after `ts` or `sh` is an error, so that no misspelt mark takes an example out of the tests.
 */
export function examplesIn(markdown: string): Example[] {
  const examples: Example[] = [];
  let before: Example | undefined;
  for (const block of fencedBlocks(markdown)) {
    if (block.info === "text output") {
      if (before?.run !== true) throw new Error(`Line ${block.line}: an output without a running example before it.`);
      examples[examples.length - 1] = { ...before, output: block.text };
    }
    before = toExample(block);
    if (before !== undefined) examples.push(before);
  }
  return examples;
}

function toExample({ info, line, text }: FencedBlock): Example | undefined {
  const [language, ...marks] = info.split(/\s+/);
  switch (info) {
    case "ts":
    case "sh run":
      return { language: info === "ts" ? "ts" : "sh", line, text, run: true };
    case "ts check-only":
      return { language: "ts", line, text, run: false };
    case "ts no-run":
    case "sh":
      return undefined;
  }
  if (language === "ts" || language === "sh") throw new Error(`Line ${line}: unknown mark "${marks.join(" ")}".`);
  return undefined;
}

interface FencedBlock {
  readonly info: string;
  readonly line: number;
  readonly text: string;
}

/** Fences may be indented (in lists), and may be longer than three backticks; the closing one is at least as long. */
function fencedBlocks(markdown: string): FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { indent: number; fence: string; info: string; line: number; body: string[] } | undefined;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const { indent = "", fence, info = "" } = /^(?<indent> *)(?<fence>`{3,})(?<info>[^`]*)$/.exec(line)?.groups ?? {};
    if (open === undefined) {
      if (fence !== undefined) open = { indent: indent.length, fence, info: info.trim(), line: index + 1, body: [] };
    } else if (fence !== undefined && info.trim() === "" && fence.startsWith(open.fence)) {
      blocks.push({ info: open.info, line: open.line, text: `${open.body.join("\n")}\n` });
      open = undefined;
    } else {
      open.body.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)));
    }
  }
  if (open !== undefined) throw new Error(`Line ${open.line}: a code block that is never closed.`);
  return blocks;
}

/** What the document shows, with each `...` filled in from what was printed; as it stands if the two do not agree. */
export function filledIn(output: string, printed: string): string {
  const pattern = output
    .trim()
    .split("...")
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${pattern}$`).test(printed) ? printed : output.trim();
}
