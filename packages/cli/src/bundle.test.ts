import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { command } from "./testing/place.ts";

test("the bundle is in the language of the oldest Node that is supported: it has no declarations with using", async () => {
  const folder = dirname(command);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  expect(files).toContain("main.js");
  for (const file of files) {
    const text = await readFile(join(folder, file), "utf8");
    expect({ file, declares: /\busing [\w$]+\s*=/.exec(text)?.[0] }).toEqual({ file, declares: undefined });
  }
});
