import { expect, test } from "vitest";
import { type Content, corrupted, joined, partOf, piecesOf, textContent } from "./content.ts";

test("contents one after the other read as one", () => {
  const content = joined([textContent("one"), textContent(""), textContent("two"), textContent("three")]);
  for (let start = 0; start <= 11; start++) {
    for (let end = start; end <= 11; end++) {
      expect(Buffer.from(content.read(start, end - start)).toString()).toBe("onetwothree".slice(start, end));
    }
  }
});

test("a part has its own offsets", () => {
  expect(textOf(partOf(textContent("0123456789"), 3, 7))).toBe("3456");
});

test("one byte differs, and the source stays as it was", () => {
  const source = textContent("0000");
  expect(textOf(corrupted(source, 2))).toBe(`00${String.fromCharCode(0x30 ^ 0xff)}0`);
  expect(textOf(corrupted(source, 4))).toBe("0000");
  expect(textOf(source)).toBe("0000");
});

function textOf(content: Content): string {
  return Buffer.concat([...piecesOf(content)]).toString("latin1");
}
