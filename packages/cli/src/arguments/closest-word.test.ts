import { expect, test } from "vitest";
import { closestWord } from "./closest-word.ts";

const words = ["ensure", "path", "list", "show", "verify", "rm", "catalog import"];

test.for([
  ["ensur", "ensure"],
  ["esnure", "ensure"],
  ["verfiy", "verify"],
  ["lst", "list"],
  ["rn", "rm"],
  ["catalog imprt", "catalog import"],
])("%s means %s", ([written = "", meant]) => {
  expect(closestWord(written, words)).toBe(meant);
});

test.for(["download", "", "xyz"])("%j means none of them", (written) => {
  expect(closestWord(written, words)).toBeUndefined();
});
