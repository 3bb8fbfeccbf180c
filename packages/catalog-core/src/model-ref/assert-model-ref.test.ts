import { expect, test } from "vitest";
import { assertModelRef } from "./assert-model-ref.ts";
import type { ModelRef } from "./model-ref.ts";
import { parseModelRef } from "./parse-model-ref.ts";

test.each([
  "/models/a b%.gguf",
  "C:\\models\\a",
  "hf:org/repo@refs%2Fpr%2F1/x",
  "hf:o/r?include=*.json",
  "mem:x?token=abcdefgh",
])("what parseModelRef makes of %s passes", (text) => {
  expect(() => assertModelRef(parseModelRef(text))).not.toThrow();
});

const whole = { type: "repository", include: [], exclude: [] } as const;
const byHand: ModelRef[] = [
  { kind: "file", path: "relative/model.gguf" },
  { kind: "file", path: "/a/../b" },
  { kind: "hf", org: "..", repo: "x", selection: whole },
  { kind: "hf", org: "org", repo: "repo", selection: { type: "path", path: "../../x" } },
  { kind: "hf", org: "-org", repo: "repo", selection: whole },
  { kind: "url", scheme: "https", url: "https://user:secret@example.com/x" },
  { kind: "other", scheme: "mem", locator: "" },
  JSON.parse('{"kind":"nonsense"}'),
];
test.each(byHand)("%j, put together by hand, is refused", (ref) => {
  expect(() => assertModelRef(ref)).toThrow(expect.objectContaining({ code: "REF_INVALID" }));
});
