import { expect, test } from "vitest";
import { groupShards, parseShardName } from "./shards.ts";

const file = (path: string): { path: string; sizeBytes: number } => ({ path, sizeBytes: 1 });

test("names of parts", () => {
  expect(parseShardName("q4/model-00002-of-00003.gguf")).toMatchObject({ base: "q4/model", index: 2, count: 3 });
  expect(parseShardName("model.gguf.part1of9")).toMatchObject({ base: "model.gguf", index: 1, count: 9 });
  for (const name of ["model.gguf", "model-1-of-3.gguf", "model-00001-of-00003.safetensors"]) {
    expect(parseShardName(name)).toBeUndefined();
  }
});

test("parts that belong together are one model, in the order of their numbers", () => {
  const groups = groupShards(
    ["b-00002-of-00002.gguf", "a.gguf", "b-00001-of-00002.gguf", "c.gguf.part2of2", "c.gguf.part1of2"].map(file),
  );
  expect(groups.map(({ files }) => files.map(({ path }) => path))).toEqual([
    ["a.gguf"],
    ["b-00001-of-00002.gguf", "b-00002-of-00002.gguf"],
    ["c.gguf.part1of2", "c.gguf.part2of2"],
  ]);
});

test("what is missing is told, whichever part it is", () => {
  const [first] = groupShards(["m-00002-of-00003.gguf", "m-00003-of-00003.gguf"].map(file));
  expect(first).toMatchObject({ missing: ["m-00001-of-00003.gguf"] });
});
