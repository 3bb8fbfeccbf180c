import { type HfRef, parseModelRef } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import type { CliVersion } from "./cli-version.ts";
import { downloadArguments } from "./download-arguments.ts";

const argumentsFor = (reference: string, version: CliVersion): string =>
  downloadArguments(parseModelRef(reference) as HfRef, "/into", version).join(" ");

const file = "hf:org/repo@refs%2Fpr%2F1/sub/model.gguf";
const patterns = "hf:org/repo?include=*.json&include=*.gguf&exclude=*fp16*";

test.each<[string, string, CliVersion]>([
  [file, "download org/repo sub/model.gguf --revision refs/pr/1 --local-dir /into --quiet", [0, 25, 2]],
  [file, "download org/repo sub/model.gguf --revision refs/pr/1 --local-dir /into --quiet", [1, 10, 2]],
  [file, "download org/repo sub/model.gguf --revision refs/pr/1 --local-dir /into --format json", [1, 11, 0]],
  ["hf:org/repo", "download org/repo --local-dir /into --format json", [2, 4, 0]],
  [patterns, "download org/repo --local-dir /into --quiet --include *.gguf *.json --exclude *fp16*", [0, 36, 2]],
  [
    patterns,
    "download org/repo --local-dir /into --quiet --include *.gguf --include *.json --exclude *fp16*",
    [1, 0, 0],
  ],
])("%s: %s", (reference, args, version) => {
  expect(argumentsFor(reference, version)).toBe(args);
});
