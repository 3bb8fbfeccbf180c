import { expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { pseudonym } from "../redact/placeholder.ts";
import { modelId } from "./model-id.ts";
import { schemeOf } from "./model-ref.ts";
import { parseModelRef } from "./parse-model-ref.ts";

test.each([
  ["ollama:llama3:8b", "ollama", "llama3:8b"],
  ["Tool:/a//b", "tool", "/a//b"],
  ["tool:a?", "tool", "a?"],
  ["tool:a?b=1&token=x", "tool", `a?b=1&token=${pseudonym("x")}`],
  ["tool:a?X-Amz-Signature=x", "tool", "a"],
])("%s", (text, scheme, locator) => {
  const ref = parseModelRef(text);
  expect(ref).toEqual({ kind: "other", scheme, locator });
  expect(schemeOf(ref)).toBe(scheme);
  expect(parseModelRef(modelId(ref))).toEqual(ref);
});

test.each([["tool:"], ["tool: "], ["tool:-x"]])("refused: %s", (text) => {
  expect(thrownBy(() => parseModelRef(text))).toMatchObject({
    code: "REF_INVALID",
    facts: { reference: text, part: "locator" },
  });
});
