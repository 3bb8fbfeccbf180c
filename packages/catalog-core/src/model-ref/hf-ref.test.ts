import { describe, expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { modelId } from "./model-id.ts";
import { parseModelRef } from "./parse-model-ref.ts";

const repository = (include: string[] = [], exclude: string[] = []): object => ({
  type: "repository",
  include,
  exclude,
});

describe("forms", () => {
  test.each([
    ["hf:org/repo", { selection: repository() }, "hf:org/repo"],
    ["HF:org/repo", { selection: repository() }, "hf:org/repo"],
    ["hf://org/repo", { selection: repository() }, "hf:org/repo"],
    ["hf:org/repo?", { selection: repository() }, "hf:org/repo"],
    ["hf:org/repo@main", { revision: "main", selection: repository() }, "hf:org/repo@main"],
    ["hf:org/repo@refs%2Fpr%2F1", { revision: "refs/pr/1", selection: repository() }, "hf:org/repo@refs%2Fpr%2F1"],
    ["hf:org/repo/a/b.gguf", { selection: { type: "path", path: "a/b.gguf" } }, "hf:org/repo/a/b.gguf"],
    ["hf:org/repo@v1/a.gguf", { revision: "v1", selection: { type: "path", path: "a.gguf" } }, "hf:org/repo@v1/a.gguf"],
    [
      "hf:org/repo/a%20b%25%3F%23@:c",
      { selection: { type: "path", path: "a b%?#@:c" } },
      "hf:org/repo/a b%25%3F%23@:c",
    ],
    ["hf:org/repo:q4_k_m", { selection: { type: "tag", tag: "Q4_K_M" } }, "hf:org/repo:Q4_K_M"],
    ["hf:org/repo@v1:Q8_0", { revision: "v1", selection: { type: "tag", tag: "Q8_0" } }, "hf:org/repo@v1:Q8_0"],
    [
      "hf:org/repo?exclude=c&include=b%26&include=*.gguf&include=b%26",
      { selection: repository(["*.gguf", "b&"], ["c"]) },
      "hf:org/repo?include=*.gguf&include=b%26&exclude=c",
    ],
    ["hf:org/repo@v1?include=a?", { revision: "v1", selection: repository(["a?"]) }, "hf:org/repo@v1?include=a?"],
  ])("%s", (text, parts, id) => {
    const ref = parseModelRef(text);
    expect(ref).toEqual({ kind: "hf", org: "org", repo: "repo", ...parts });
    expect(modelId(ref)).toBe(id);
    expect(parseModelRef(id)).toEqual(ref);
  });
});

const refused: readonly (readonly [string, string])[] = [
  ["hf:", "org"],
  ["hf:gpt2", "repo"],
  ["hf:-org/repo", "org"],
  ["hf:org/-repo", "repo"],
  ["hf:or g/repo", "org"],
  ["hf:org/re..po", "repo"],
  [`hf:${"o".repeat(97)}/repo`, "org"],
  ["hf:org/repo@", "revision"],
  ["hf:org/repo@-x", "revision"],
  ["hf:org/repo@a%2F..%2Fb", "revision"],
  ["hf:org/repo@%zz", "revision"],
  ["hf:org/repo@a%00", "revision"],
  ["hf:org/repo//a", "path"],
  ["hf:org/repo/./a", "path"],
  ["hf:org/repo/%2e%2e/a", "path"],
  ["hf:org/repo/a%2F..%2Fb", "path"],
  ["hf:org/repo/-a", "path"],
  ["hf:org/repo/a/-b", "path"],
  ["hf:org/repo/a\\b", "path"],
  ["hf:org/repo/a%", "path"],
  ["hf:org/repo/a%0a", "path"],
  ["hf:org/repo:", "tag"],
  ["hf:org/repo:-Q4", "tag"],
  ["hf:org/repo:Q4@main", "tag"],
  ["hf:org/repo:Q4/a", "path"],
  ["hf:org/repo:Q4?include=a", "query"],
  ["hf:org/repo/a?include=a", "query"],
  ["hf:org/repo?token=a", "query"],
  ["hf:org/repo?include", "include"],
  ["hf:org/repo?include=", "include"],
  ["hf:org/repo?exclude=-x", "exclude"],
  ["hf:org/repo?exclude=%", "exclude"],
];

test.each(refused)("refused: %s for its %s", (text, part) => {
  expect(thrownBy(() => parseModelRef(text))).toMatchObject({ code: "REF_INVALID", facts: { part } });
});

test("a missing repo is explained by an example", () => {
  expect(thrownBy(() => parseModelRef("hf:gpt2")).hint).toContain("hf:openai-community/gpt2");
});

test.each([
  ["hf:/repo", "org"],
  ["hf:org/", "repo"],
  ["hf:org/repo/", "path"],
  ["hf:org/repo/a/../b", "path"],
])("defect 5: %s has an empty or climbing segment, and is refused for its %s", (text, part) => {
  expect(thrownBy(() => parseModelRef(text))).toMatchObject({ code: "REF_INVALID", facts: { reference: text, part } });
});

test.each([
  ["hf:org/repo/../../x", "path"],
  ["-x", "path"],
  ["--help", "path"],
  ["file:--help", "path"],
  ["hf:--help/repo", "org"],
  ["https://-host/x", "host"],
  ["s3://-bucket/x", "host"],
  ["tool:--help", "locator"],
])("defect 14: %s can leave no folder and become no option: refused for its %s", (text, part) => {
  expect(thrownBy(() => parseModelRef(text))).toMatchObject({ code: "REF_INVALID", facts: { reference: text, part } });
});
