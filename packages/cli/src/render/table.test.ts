import { expect, test } from "vitest";
import { renderFacts, renderTable } from "./table.ts";

test("columns line up, also beside wide characters, and nothing trails", () => {
  expect(
    renderTable(
      ["ID", "SIZE", "PATH"],
      [
        ["模型", "1 B", ""],
        ["long-id", "20 MB", "/x"],
      ],
    ),
  ).toBe(["ID       SIZE   PATH", "模型     1 B", "long-id  20 MB  /x", ""].join("\n"));
});

test("a cell cannot break its line", () => {
  expect(renderTable(["ID"], [["a\n\u001b[2Jb"]])).toBe("ID\na b\n");
  expect(
    renderFacts([
      ["id", "a\nb"],
      ["path", ""],
    ]),
  ).toBe("id    a b\npath\n");
});
