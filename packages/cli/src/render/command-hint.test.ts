import { errorFactory } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { commandHint } from "./command-hint.ts";

const error = errorFactory({ DIGEST_MISMATCH: "digest-mismatch", NO_FETCHER: "cannot-serve", toString: "other" });

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

test("every other error keeps its own", () => {
  expect(commandHint(error("toString", { message: "", hint: "Do it." }))).toBe("Do it.");
});
