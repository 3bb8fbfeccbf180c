import { expect, test } from "vitest";
import { hfFetcher } from "./hf-fetcher.ts";

test.for([
  [{ endpoint: "nonsense" }, "HF_OPTION_INVALID"],
  [{ env: { HF_ENDPOINT: "ftp://h" } }, "HF_OPTION_INVALID"],
  [{ maxRetries: -1 }, "TRANSFER_OPTION_INVALID"],
  [{ timeoutMs: 0 }, "TRANSFER_OPTION_INVALID"],
  [{ maxConnections: 0 }, "TRANSFER_OPTION_INVALID"],
] as const)("options that make no sense are refused when the fetcher is made: %o", ([options, code]) => {
  expect(() => hfFetcher({ env: {}, ...options })).toThrow(expect.objectContaining({ code }));
});
