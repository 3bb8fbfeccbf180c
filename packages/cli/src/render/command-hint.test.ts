import { errorFactory } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { commandHint } from "./command-hint.ts";

const error = errorFactory({
  DIGEST_MISMATCH: "digest-mismatch",
  NO_FETCHER: "cannot-serve",
  FILE_NO_SPACE: "no-space",
  HF_CLI_MISSING: "cannot-serve",
  HF_CLI_UNSUPPORTED: "cannot-serve",
  HF_CLI_FORM_UNSUPPORTED: "cannot-serve",
  HF_CLI_FAILED: "other",
  HF_CLI_RESULT_WRONG: "other",
  TRANSFER_UNAUTHORIZED: "not-allowed",
  TRANSFER_TLS: "network",
  TRANSFER_ADDRESS_REFUSED: "not-allowed",
  toString: "other",
});

test("hints name the options of the command line, where the library names its own", () => {
  const mismatch = { message: "", hint: "use onMismatch: warn" };
  expect(commandHint(error("DIGEST_MISMATCH", { ...mismatch, facts: { expectedBy: "caller" } }))).toContain(
    "--on-mismatch warn",
  );
  expect(commandHint(error("DIGEST_MISMATCH", { ...mismatch, facts: { expectedBy: "record" } }))).toContain(
    "with --digest",
  );
  expect(commandHint(error("DIGEST_MISMATCH", { ...mismatch, facts: { expectedBy: "source" } }))).toBe(mismatch.hint);
});

test("a scheme of which no package is known has a hint, too", () => {
  expect(commandHint(error("NO_FETCHER", { message: "", hint: "", facts: { packages: ["@x/y", "@x/z"] } }))).toContain(
    "@x/y or @x/z",
  );
  expect(commandHint(error("NO_FETCHER", { message: "", hint: "" }))).toContain("a fetcher for it");
});

test("a full disk is told in figures that a person can read, where they are known", () => {
  const facts = { neededBytes: 49e9, freeBytes: 1.2e9 };
  const hint = commandHint(error("FILE_NO_SPACE", { message: "", hint: "", facts }));
  expect(hint).toMatch(/^It takes 49\.0 GB, and 1\.2 GB are free\. Make room .*gc --dry-run.*--cache-dir\.$/);
  expect(commandHint(error("FILE_NO_SPACE", { message: "", hint: "" }))).toMatch(/^Make room/);
});

test("hints on the Hugging Face CLI name what this command offers, and no package of the library", () => {
  const library = { message: "", hint: "use @llama-orch/fetcher-hf" };
  for (const code of ["HF_CLI_MISSING", "HF_CLI_UNSUPPORTED"] as const) {
    const hint = commandHint(error(code, library));
    expect(hint).toContain("huggingface_hub");
    expect(hint).toContain("MODEL_PROVISIONER_HF_CLI");
  }
  const tag = error("HF_CLI_FORM_UNSUPPORTED", { ...library, facts: { form: "tag" } });
  for (const other of [tag, error("HF_CLI_FAILED", library), error("HF_CLI_RESULT_WRONG", library)])
    expect(commandHint(other)).not.toContain("@llama-orch/");
  expect(commandHint(error("HF_CLI_FORM_UNSUPPORTED", { ...library, facts: { form: "s3" } }))).toBe(library.hint);
});

test("hints on web servers name the variables and options of this command, and only where these help", () => {
  const library = { message: "", hint: "set an option" };
  const cases = [
    { code: "TRANSFER_UNAUTHORIZED", facts: { status: 401 }, hint: "MODEL_PROVISIONER_HTTP_HEADERS" },
    { code: "TRANSFER_UNAUTHORIZED", facts: { status: 407 }, hint: library.hint },
    { code: "TRANSFER_TLS", facts: { reason: "SELF_SIGNED_CERT_IN_CHAIN" }, hint: "SSL_CERT_FILE" },
    { code: "TRANSFER_TLS", facts: { reason: "CERT_HAS_EXPIRED" }, hint: library.hint },
    { code: "TRANSFER_ADDRESS_REFUSED", facts: { range: "not public" }, hint: "--addresses public" },
    { code: "TRANSFER_ADDRESS_REFUSED", facts: { range: "link-local or metadata" }, hint: library.hint },
  ] as const;
  for (const { code, facts, hint } of cases) expect(commandHint(error(code, { ...library, facts }))).toContain(hint);
});

test("every other error keeps its own", () => {
  expect(commandHint(error("toString", { message: "", hint: "Do it." }))).toBe("Do it.");
});
