import { expect, test } from "vitest";
import { FakeTerminal } from "../testing/fake-terminal.ts";
import { RedrawnBlock } from "./redrawn-block.ts";

test("grows, shrinks and goes, and what stands above it stays", () => {
  const terminal = new FakeTerminal({ columns: 20 });
  terminal.write("above\n");
  const block = new RedrawnBlock(terminal);
  for (const lines of [["a"], ["long line", "b", "c"], ["d", "e"], ["f"], ["g", "h"]]) {
    block.draw(lines);
    expect(terminal.screen).toEqual(["above", ...lines]);
  }
  block.clear();
  block.clear();
  terminal.write("below\n");
  expect(terminal.screen).toEqual(["above", "below"]);
});

test("goes up by its own lines at most, also in a terminal that was made narrower: what others wrote is theirs", () => {
  const written: string[] = [];
  const stream = { columns: 20, write: (text: string) => void written.push(text) };
  const block = new RedrawnBlock(stream);
  block.draw(["x".repeat(19), "short"]);
  stream.columns = 10;
  block.clear();
  expect(written.at(-1)).toBe("\r\u001b[1A\u001b[J");
});
