import { expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { pseudonym } from "../redact/placeholder.ts";
import type { OtherRef, UrlRef } from "./model-ref.ts";
import { withNormalizedLocator } from "./normalized-locator.ts";
import { parseModelRef } from "./parse-model-ref.ts";
import { requestLocator, requestUrl } from "./request-text.ts";

function locatable(text: string): UrlRef | OtherRef {
  const ref = parseModelRef(text);
  if (ref.kind !== "url" && ref.kind !== "other") throw new Error(`${text} is of kind ${ref.kind}`);
  return ref;
}

test("normalize sees what follows the scheme of the public form", () => {
  const seen: string[] = [];
  const keep = (locator: string): string => {
    seen.push(locator);
    return locator;
  };
  expect(withNormalizedLocator(locatable("S3://u:pw@Bucket/k?token=x"), keep)).toEqual({
    kind: "url",
    scheme: "s3",
    url: `s3://Bucket/k?token=${pseudonym("x")}`,
  });
  withNormalizedLocator(locatable("tool:A"), keep);
  expect(seen).toEqual([`//Bucket/k?token=${pseudonym("x")}`, "A"]);
});

test("the text for requests stays as the person wrote it", () => {
  const lower = (locator: string): string => locator.toLowerCase();
  const url = withNormalizedLocator(locatable("s3://u:pw@Bucket/K"), lower);
  expect(url.kind === "url" && [url.url, requestUrl(url)]).toEqual(["s3://bucket/k", "s3://u:pw@Bucket/K"]);
  const other = withNormalizedLocator(locatable("tool:A?token=X"), () => "a");
  expect(other.kind === "other" && [other.locator, requestLocator(other)]).toEqual(["a", "A?token=X"]);
});

test.each([
  ["a control character", "s3://b/k", "//b/\n", "reference"],
  ["too long", "s3://b/k", `//b/${"k".repeat(2048)}`, "reference"],
  ["another kind", "s3://b/k", "b/k", "locator"],
  ["another kind", "tool:a", "//a", "locator"],
  ["nothing", "tool:a", "", "locator"],
  ["an option", "tool:a", "-a", "locator"],
  ["no host", "s3://b/k", "///k", "host"],
])("a normalize that answers with %s is refused", (_, text, answer, part) => {
  const error = thrownBy(() => withNormalizedLocator(locatable(text), () => answer));
  expect(error).toMatchObject({ code: "REF_INVALID", facts: { part } });
});

test("what normalize throws is thrown", () => {
  const refusal = new Error("not a bucket");
  expect(() =>
    withNormalizedLocator(locatable("s3://b/k"), () => {
      throw refusal;
    }),
  ).toThrow(refusal);
});
