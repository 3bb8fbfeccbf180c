import { expect, test } from "vitest";
import { parseCliVersion } from "./cli-version.ts";

test.each([
  ["2.4.0\n", [2, 4, 0]],
  ["1.5.0", [1, 5, 0]],
  ["huggingface_hub version: 0.36.0\n", [0, 36, 0]],
  ["\u001B[32mhuggingface_hub version: 1.2.3\u001B[0m", [1, 2, 3]],
  ["hf version 1.33.0.rc0", [1, 33, 0]],
  [
    "Copy-and-paste the text below in your GitHub issue.\n\n- huggingface_hub version: 0.17.3\n- Platform: Linux-6.1.0",
    [0, 17, 3],
  ],
  ["hint: set HF_HOME\n2.1.1", [2, 1, 1]],
])("%j says %j", (output, version) => {
  expect(parseCliVersion(output)).toEqual(version);
});

test.each(["", "hf", "usage: hf [-h]", "hf - hybrid fonts 3.1.2 for X11", "fontforge 3.1.2", "Python 3.11.7", "1.2"])(
  "%j says none",
  (output) => {
    expect(parseCliVersion(output)).toBeUndefined();
  },
);
