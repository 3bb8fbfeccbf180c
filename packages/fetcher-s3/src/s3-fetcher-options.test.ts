import { expect, test } from "vitest";
import { s3Fetcher } from "./s3-fetcher.ts";
import type { S3FetcherOptions } from "./s3-fetcher-options.ts";

test.for([
  [{ endpoint: "nonsense" }, "S3_OPTION_INVALID"],
  [{ endpoint: "ftp://h" }, "S3_OPTION_INVALID"],
  [{ endpoint: "https://key:secret@h" }, "S3_OPTION_INVALID"],
  [{ endpoint: "https://h/?a=b" }, "S3_OPTION_INVALID"],
  [{ region: "" }, "S3_OPTION_INVALID"],
  [{ region: "evil.example/" }, "S3_OPTION_INVALID"],
  [{ addressing: "virtual" }, "S3_OPTION_INVALID"],
  [{ credentials: "nobody" }, "S3_OPTION_INVALID"],
  [{ credentials: { accessKeyId: "a" } }, "S3_OPTION_INVALID"],
  [{ credentials: { accessKeyId: "", secretAccessKey: "b" } }, "S3_OPTION_INVALID"],
  [{ credentials: null }, "S3_OPTION_INVALID"],
  [{ profile: " " }, "S3_OPTION_INVALID"],
  [{ requesterPays: "yes" }, "S3_OPTION_INVALID"],
  [{ maxRetries: -1 }, "TRANSFER_OPTION_INVALID"],
  [{ timeoutMs: 0 }, "TRANSFER_OPTION_INVALID"],
  [{ maxConnections: 0 }, "TRANSFER_OPTION_INVALID"],
] as const)("options that make no sense are refused when the fetcher is made: %o", ([options, code]) => {
  expect(() => s3Fetcher(options as S3FetcherOptions)).toThrow(expect.objectContaining({ code }));
});

test("an error of the options shows no secret", () => {
  for (const options of [
    { endpoint: "https://key:s3cret-0123@h" },
    { credentials: { accessKeyId: "", secretAccessKey: "s3cret-0123" } },
  ]) {
    expect(() => s3Fetcher(options)).toThrow(expect.not.stringContaining("s3cret-0123"));
    expect(() => s3Fetcher(options)).toThrow(expect.objectContaining({ code: "S3_OPTION_INVALID" }));
  }
});
