import { expect, test } from "vitest";
import { FileFetcher, fileFetcher } from "./file-fetcher.ts";

test.each([{}, { stage: "in-place" }, { stage: "copy" }] as const)("the options %j are allowed", (options) => {
  expect(fileFetcher(options)).toBeInstanceOf(FileFetcher);
  expect(new FileFetcher(options).schemes).toEqual(["file"]);
});

test.each(["link", "", "COPY", null, 1])("the stage %j is refused, and what is allowed is said", (stage) => {
  // @ts-expect-error -- as who writes no types may pass it
  expect(() => fileFetcher({ stage })).toThrow(
    expect.objectContaining({
      code: "FILE_OPTION_INVALID",
      category: "usage",
      message: expect.stringContaining(JSON.stringify(stage)),
      hint: expect.stringMatching(/"in-place" and "copy"/),
      facts: { option: "stage", allowed: ["in-place", "copy"] },
    }),
  );
});
