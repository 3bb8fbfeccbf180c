import { describe, expect, test } from "vitest";
import { parseError, parseList } from "./documents.ts";

const list = (inside: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</ListBucketResult>`;

describe("lists", () => {
  test("keys are decoded as forms are where the list says so, and taken as they are where it does not", () => {
    const contents = "<Contents><Key>a+b%2Bc%25%2F%C3%A4</Key><Size>1</Size></Contents>";
    expect(parseList(list(`<EncodingType>url</EncodingType>${contents}`)).objects[0]?.key).toBe("a b+c%/ä");
    expect(parseList(list(contents)).objects[0]?.key).toBe("a+b%2Bc%25%2F%C3%A4");
  });

  test("ETags, sizes and algorithms; one is a list as well", () => {
    const { objects, next } = parseList(
      list(
        "<IsTruncated>false</IsTruncated><Contents><Key> a&amp;b </Key><Size>007</Size><ETag>&quot;x&#34;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType></Contents>",
      ),
    );
    expect(objects).toEqual([
      { key: " a&b ", sizeBytes: 7, etag: '"x"', algorithms: ["CRC32"], checksumType: "FULL_OBJECT" },
    ]);
    expect(next).toBeUndefined();
  });

  test("a next page has a token", () => {
    expect(
      parseList(list("<IsTruncated>true</IsTruncated><NextContinuationToken>t+/=</NextContinuationToken>")),
    ).toEqual({ objects: [], next: "t+/=" });
    expect(() => parseList(list("<IsTruncated>true</IsTruncated>"))).toThrow("does not tell what comes next");
  });

  test.for([
    ["no XML", "not found"],
    ["another document", "<html><body>log in</body></html>"],
    ["a size that is none", list("<Contents><Key>a</Key><Size>-1</Size></Contents>")],
    ["a size that no number holds", list("<Contents><Key>a</Key><Size>99999999999999999999</Size></Contents>")],
    ["no key", list("<Contents><Size>1</Size></Contents>")],
    [
      "an encoding that is none",
      list("<EncodingType>url</EncodingType><Contents><Key>%ff</Key><Size>1</Size></Contents>"),
    ],
    ["one that is cut off", list("<Contents><Key>a</Key><Size>1</Size></Contents>").slice(0, -8)],
  ] as const)("%s is none", ([, xml]) => {
    expect(() => parseList(xml)).toThrow();
  });
});

describe("errors", () => {
  test("as S3 writes them", () => {
    const xml =
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region 'a' is wrong; expecting 'b'</Message><Region>b</Region></Error>";
    expect(parseError(xml)).toMatchObject({ code: "AuthorizationHeaderMalformed", region: "b" });
  });

  test.for(["", "<html></html>", "<Error></Error>", "<Error><Code>NoSuch", "{}"])("%s is none", (text) => {
    expect(parseError(text)).toBeUndefined();
  });
});

test("entities are not expanded: those of a document type are not even read", () => {
  const levels = Array.from({ length: 9 }, (_none, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`);
  const bomb = (inside: string): string =>
    `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">${levels.join("")}]>${inside}`;
  expect(parseError(bomb("<Error><Code>&l9;</Code></Error>"))).toBeUndefined();
  expect(() =>
    parseList(bomb(list("<Contents><Key>&l9;</Key><Size>1</Size></Contents>").replace(/^.*\n/, ""))),
  ).toThrow("document type");
  expect(parseError("<Error><Code>&unknown;&amp;lt;&#x110000;</Code></Error>")?.code).toBe("&unknown;&lt;&#x110000;");
});

test("names that are properties of every object do no harm", () => {
  expect(
    parseError("<Error><__proto__><Code>x</Code></__proto__><constructor>x</constructor></Error>"),
  ).toBeUndefined();
  expect(parseError("<Error><Code>&constructor;</Code></Error>")?.code).toBe("&constructor;");
  expect({}).not.toHaveProperty("Code");
});
