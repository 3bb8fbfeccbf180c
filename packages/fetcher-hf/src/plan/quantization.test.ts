import { expect, test } from "vitest";
import { modelOfTag } from "./quantization.ts";

const files = [
  "README.md",
  "model-Q4_K_M.gguf",
  "model-Q4_K_S.gguf",
  "model-UD-Q4_K_XL.gguf",
  "model-IQ2_XXS.gguf",
  "model.Q8_0.gguf",
  "BF16/model-BF16-00001-of-00002.gguf",
  "BF16/model-BF16-00002-of-00002.gguf",
  "mmproj-Q4_K_M.gguf",
  "imatrix_unsloth.gguf",
].map((path) => ({ path, sizeBytes: 1 }));

test.for<[tag: string, paths: readonly string[]]>([
  ["Q4_K_M", ["model-Q4_K_M.gguf"]],
  ["q4_k_m", ["model-Q4_K_M.gguf"]],
  ["Q4_K_XL", ["model-UD-Q4_K_XL.gguf"]],
  ["UD-Q4_K_XL", ["model-UD-Q4_K_XL.gguf"]],
  ["Q8_0", ["model.Q8_0.gguf"]],
  ["BF16", ["BF16/model-BF16-00001-of-00002.gguf", "BF16/model-BF16-00002-of-00002.gguf"]],
])("%s is %o", ([tag, paths]) => {
  expect(modelOfTag(files, tag, "org/repo").files.map(({ path }) => path)).toEqual(paths);
});

test("what is not there is told with all that is", () => {
  expect(() => modelOfTag(files, "Q6_K", "org/repo")).toThrow(
    expect.objectContaining({
      code: "HF_TAG_NOT_FOUND",
      facts: {
        repository: "org/repo",
        tag: "Q6_K",
        available: ["BF16", "IQ2_XXS", "Q4_K_M", "Q4_K_S", "Q8_0", "UD-Q4_K_XL"],
      },
    }),
  );
  expect(() => modelOfTag([], "Q6_K", "org/repo")).toThrow(expect.objectContaining({ code: "HF_TAG_NOT_FOUND" }));
});

test("what means several is told with their names", () => {
  const two = ["a-Q4_K_M.gguf", "b-Q4_K_M.gguf"].map((path) => ({ path, sizeBytes: 1 }));
  expect(() => modelOfTag(two, "Q4_K_M", "org/repo")).toThrow(
    expect.objectContaining({
      code: "HF_TAG_AMBIGUOUS",
      facts: expect.objectContaining({ candidates: ["a-Q4_K_M.gguf", "b-Q4_K_M.gguf"] }),
    }),
  );
});

test("a name that ends with the tag comes before one that has it elsewhere", () => {
  const two = ["m-Q4_K_M.gguf", "m-Q4_K_M-v2.gguf"].map((path) => ({ path, sizeBytes: 1 }));
  expect(modelOfTag(two, "Q4_K_M", "org/repo").files).toMatchObject([{ path: "m-Q4_K_M.gguf" }]);
});
