import { modelId, parseModelRef, withNormalizedLocator } from "@llama-orch/catalog-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { s3Fetcher } from "../s3-fetcher.ts";
import { encodeKey } from "./key-text.ts";
import { parseS3Locator, printS3Locator, type S3Location } from "./s3-location.ts";

const object = (key: string, versionId?: string): S3Location => ({
  kind: "object",
  bucket: "models",
  key,
  ...(versionId !== undefined && { versionId }),
});
const prefix = (text: string): S3Location => ({ kind: "prefix", bucket: "models", prefix: text });

describe("forms", () => {
  test.for([
    ["//models/a.gguf", object("a.gguf"), "//models/a.gguf"],
    ["//models/a/b.gguf", object("a/b.gguf"), "//models/a/b.gguf"],
    ["//models/a//b", object("a//b"), "//models/a//b"],
    ["//models//a", object("/a"), "//models//a"],
    ["//models/a%20b+c%2Bd", object("a b+c+d"), "//models/a b+c+d"],
    ["//models/100%", object("100%"), "//models/100%25"],
    ["//models/%zz%2", object("%zz%2"), "//models/%25zz%252"],
    ["//models/what%3F%23%25.bin", object("what?#%.bin"), "//models/what%3F%23%25.bin"],
    ["//models/%C3%A4/ä", object("ä/ä"), "//models/ä/ä"],
    ["//models/%09", object("\t"), "//models/%09"],
    ["//models/a?", object("a"), "//models/a"],
    ["//models/a?versionId=x%2Fy+z", object("a", "x/y+z"), "//models/a?versionId=x%2Fy%2Bz"],
    ["//models/a?versionId=null", object("a", "null"), "//models/a?versionId=null"],
    ["//models", prefix(""), "//models/"],
    ["//models/", prefix(""), "//models/"],
    ["//models/a/b/", prefix("a/b/"), "//models/a/b/"],
    ["//models/a%2F", prefix("a/"), "//models/a/"],
  ] as const)("%s", ([locator, location, canonical]) => {
    expect(parseS3Locator(locator)).toEqual(location);
    expect(printS3Locator(location)).toBe(canonical);
    expect(parseS3Locator(canonical)).toEqual(location);
  });
});

describe("buckets", () => {
  test.for(["abc", "My_Old.Bucket", "a-b.c-d", "a".repeat(255), "1bucket"])("%s is one", (bucket) => {
    expect(parseS3Locator(`//${bucket}/k`)).toMatchObject({ bucket });
  });

  test.for([
    "",
    "ab",
    "-abc",
    "abc-",
    "a..b",
    "192.168.0.1",
    "a".repeat(256),
    "a b c",
    "bücket",
    "bucket:9000",
    "arn:aws",
  ])("%s is none", (bucket) => {
    expect(() => parseS3Locator(`//${bucket}/k`)).toThrow(
      expect.objectContaining({ code: "S3_REFERENCE_INVALID", facts: expect.objectContaining({ part: "bucket" }) }),
    );
  });
});

describe("what is refused", () => {
  test.for([
    ["//models/a?region=us-east-1", "query"],
    ["//models/a?versionid=1", "query"],
    ["//models/a?versionId=1&versionId=2", "query"],
    ["//models/a?versionId=", "query"],
    ["//models/a/?versionId=1", "query"],
    ["//models?versionId=1", "query"],
    ["//models/a#b", "fragment"],
    ["//models/a#", "fragment"],
    ["//user:password@models/a", "userinfo"],
    ["//models/a/../b", "key"],
    ["//models/%2e%2E/b", "key"],
    ["//models/./", "key"],
    ["//models/%ff", "key"],
    [`//models/${"k".repeat(1025)}`, "key"],
  ] as const)("%s", ([locator, part]) => {
    expect(() => parseS3Locator(locator)).toThrow(
      expect.objectContaining({
        code: "S3_REFERENCE_INVALID",
        category: "usage",
        hint: expect.stringMatching(/\S/),
        facts: expect.objectContaining({ part }),
      }),
    );
  });

  test("neither a password nor a signature is in the error", () => {
    for (const locator of [
      "//key:s3cret@models/a",
      "//models/a?X-Amz-Signature=s3cret",
      "//models/a?token=s3cret#s3cret",
    ]) {
      const error = thrownBy(() => parseS3Locator(locator));
      expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("s3cret");
    }
  });
});

describe("laws", () => {
  const bucket = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{1,20}[A-Za-z0-9]$/);
  const key = fc
    .string({
      unit: fc.oneof(
        fc.constantFrom(...Array.from("/%?#+ .&=@:~\\\u0007\u0085ä")),
        fc.string({ unit: "binary", maxLength: 1 }),
      ),
      maxLength: 60,
    })
    .filter((text) => text.isWellFormed() && !text.split("/").some((part) => part === "." || part === ".."));

  test("what is printed is read back", () => {
    fc.assert(
      fc.property(
        bucket,
        key,
        fc.option(fc.string({ minLength: 1, maxLength: 30 }), { nil: undefined }),
        (name, text, version) => {
          const isObject = text !== "" && !text.endsWith("/");
          const location: S3Location = isObject
            ? { kind: "object", bucket: name, key: text, ...(version !== undefined && { versionId: version }) }
            : { kind: "prefix", bucket: name, prefix: text };
          expect(parseS3Locator(printS3Locator(location))).toEqual(location);
        },
      ),
    );
  });

  test("normalizing twice changes nothing, in whatever way the key was encoded", () => {
    const fetcher = s3Fetcher();
    const normalize = (locator: string): string => fetcher.normalize(locator);
    fc.assert(
      fc.property(bucket, key, fc.boolean(), (name, text, isFull) => {
        const encoded = isFull ? text.split("/").map(encodeURIComponent).join("/") : encodeKey(text);
        const once = normalize(`//${name}/${encoded}`);
        expect(normalize(once)).toBe(once);
        expect(once).toBe(normalize(`//${name}/${encodeKey(text)}`));
      }),
    );
  });

  test("two keys never have one text", () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        fc.pre(one !== other);
        expect(encodeKey(one)).not.toBe(encodeKey(other));
      }),
    );
  });
});

test("the id is the canonical text, and signing parameters are no part of it", () => {
  const fetcher = s3Fetcher();
  const id = (text: string): string => {
    const ref = parseModelRef(text);
    if (ref.kind !== "url") throw new TypeError("no URL");
    return modelId(withNormalizedLocator(ref, (locator) => fetcher.normalize(locator)));
  };
  expect(id("S3://models/a%2Fb%20c")).toBe("s3://models/a/b c");
  expect(id("s3://models")).toBe("s3://models/");
  expect(id("s3://models/a?X-Amz-Signature=0123456789")).toBe("s3://models/a");
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
