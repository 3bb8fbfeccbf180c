import { expect, test } from "vitest";
import { hfCliFetcher } from "./hf-cli-fetcher.ts";

test.each([
  { executable: "hf" },
  { executable: "./hf" },
  { stallTimeoutMs: 0 },
  { stallTimeoutMs: Number.NaN },
  { killAfterMs: -1 },
  { killAfterMs: 2 ** 31 },
  { stallTimeoutMs: Number.POSITIVE_INFINITY },
])("%j is HF_CLI_OPTION_INVALID, which names the option", (options) => {
  const [option] = Object.keys(options);
  expect(() => hfCliFetcher(options)).toThrow(
    expect.objectContaining({ code: "HF_CLI_OPTION_INVALID", facts: { option }, hint: expect.stringMatching(/\S/) }),
  );
});
