import { deepStrictEqual } from "node:assert/strict";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { OtherRef, UrlRef } from "./model-ref.ts";
import { parseModelRef } from "./parse-model-ref.ts";
import { requestLocator, requestUrl } from "./request-text.ts";

const written = "HTTPS://ada:hunter22@Host/m?token=hunter22&X-Amz-Signature=hunter22#hunter22";

function url(text: string): UrlRef {
  const ref = parseModelRef(text);
  if (ref.kind !== "url") throw new Error(`${text} is of kind ${ref.kind}`);
  return ref;
}

function other(text: string): OtherRef {
  const ref = parseModelRef(text);
  if (ref.kind !== "other") throw new Error(`${text} is of kind ${ref.kind}`);
  return ref;
}

test("the fetcher gets the text as the person wrote it", () => {
  expect(requestUrl(url(written))).toBe(written);
  expect(requestUrl(url("https://h/a"))).toBe("https://h/a");
  expect(requestLocator(other("Tool:a?token=hunter22"))).toBe("a?token=hunter22");
});

test("nothing that prints, copies or compares a reference finds the secret", () => {
  const ref = url(written);
  const shown = [
    JSON.stringify(ref),
    inspect(ref),
    inspect(ref, { showHidden: true }),
    JSON.stringify({ ...ref }),
    Object.keys(ref).join(),
    Object.values(ref).join(),
  ];
  for (const text of shown) expect(text).not.toContain("hunter22");
  const made = { kind: "url", scheme: "https", url: ref.url };
  expect(ref).toEqual(made);
  deepStrictEqual(Object.entries(ref), Object.entries(made));
  expect(Object.getOwnPropertySymbols({ ...ref })).toEqual([]);
});

test("a copy knows the public text alone", () => {
  const ref = url(written);
  expect(requestUrl({ ...ref })).toBe(ref.url);
  expect(requestUrl(structuredClone(ref))).toBe(ref.url);
  expect(requestLocator({ ...other("tool:a?token=hunter22") })).toMatch(/^a\?token=redacted-[0-9a-f]{12}$/);
});
