import { hash } from "node:crypto";
import type { ResponseHead } from "@llama-orch/transfer";
import { describe, expect, test } from "vitest";
import { digestOf, objectOf, strongEtag } from "./s3-object.ts";

function head(headers: Readonly<Record<string, string>>): ResponseHead {
  return { status: 200, headers: new Map(Object.entries(headers)), keepsAlive: true };
}

const sha256 = hash("sha256", "abc", "base64");

describe("checksums", () => {
  test("of the whole object, the one to rely on first", () => {
    const { checksum } = objectOf(
      "k",
      3,
      head({
        "x-amz-checksum-crc32": "AAAAAA==",
        "x-amz-checksum-sha256": sha256,
        "x-amz-checksum-type": "FULL_OBJECT",
      }),
    );
    expect(checksum).toEqual({ algorithm: "sha256", base64: sha256 });
  });

  test("a server that names no type has checksums of the whole, but for those with a number of parts", () => {
    expect(objectOf("k", 3, head({ "x-amz-checksum-sha256": sha256 })).checksum?.base64).toBe(sha256);
    expect(objectOf("k", 3, head({ "x-amz-checksum-sha256": `${sha256}-3` })).checksum).toBeUndefined();
  });

  test.for([
    [{ "x-amz-checksum-sha256": sha256, "x-amz-checksum-type": "COMPOSITE" }],
    [{ "x-amz-checksum-sha256": `${sha256}-2`, "x-amz-checksum-type": "FULL_OBJECT" }],
    [{ "x-amz-checksum-sha256": "AAAA" }],
    [{ "x-amz-checksum-crc32": "not base64!" }],
    [{ "x-amz-checksum-md5": "AAAA" }],
    [{ etag: `"${hash("md5", "abc")}"` }],
  ] as const)("%o says nothing of the whole", ([headers]) => {
    const object = objectOf("k", 3, head(headers));
    expect(object.checksum).toBeUndefined();
    expect(digestOf(object)).toBeUndefined();
  });

  test("a sha256 is a digest, and an ETag never is", () => {
    expect(digestOf(objectOf("k", 3, head({ "x-amz-checksum-sha256": sha256 })))).toBe(
      `sha256:${hash("sha256", "abc")}`,
    );
    expect(digestOf(objectOf("k", 3, head({ "x-amz-checksum-crc32": "AAAAAA==" })))).toBeUndefined();
  });
});

test.for([
  ['"abc"', '"abc"'],
  ["abc", '"abc"'],
  ['"abc-7"', '"abc-7"'],
  ['W/"abc"', undefined],
  ['"a"b"', undefined],
  ['""', undefined],
  ['"a\nb"', undefined],
  [undefined, undefined],
] as const)("the strong ETag of %s is %s", ([text, etag]) => {
  expect(strongEtag(text)).toBe(etag);
});
