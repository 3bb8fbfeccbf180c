import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { thrownBy } from "../errors/testing/thrown-by.ts";
import { pseudonym } from "../redact/placeholder.ts";
import { modelId } from "./model-id.ts";
import { parseModelRef } from "./parse-model-ref.ts";

const idOf = (text: string): string => modelId(parseModelRef(text));

describe("web URLs", () => {
  test.each([
    ["HTTPS://Host.Example:443/a/../b#part", "https://host.example/b"],
    ["http://host:80", "http://host/"],
    ["https://host/a b", "https://host/a%20b"],
    ["https://host/a?", "https://host/a"],
    ["https://user:pw@host/a", "https://host/a"],
    ["https://host/a?b=1&&a=2&c", "https://host/a?b=1&&a=2&c"],
  ])("%s", (text, id) => {
    expect(parseModelRef(text)).toEqual({ kind: "url", scheme: text.split(":")[0]?.toLowerCase(), url: id });
    expect(idOf(id)).toBe(id);
  });
});

describe("URLs of other schemes are kept as written", () => {
  test.each([
    ["s3://Bucket/a/../b//c", "s3://Bucket/a/../b//c"],
    ["S3://bucket/%41?versionId=x#y", "s3://bucket/%41?versionId=x#y"],
    ["oci://localhost:5000/org/repo:tag", "oci://localhost:5000/org/repo:tag"],
    ["x+y://[::1]:80/a", "x+y://[::1]:80/a"],
    ["ftp://user:pw@host/a", "ftp://host/a"],
    ["ftp://a@b@host/a@c", "ftp://host/a@c"],
    ["s3://bucket/k?", "s3://bucket/k?"],
  ])("%s", (text, id) => {
    expect(idOf(text)).toBe(id);
  });
});

describe("what only proves that its bearer may read is dropped", () => {
  test.each([
    ["https://h/a?X-Amz-Signature=1&versionId=2&x-amz-date=3&X%2DAmz%2DExpires=4", "https://h/a?versionId=2"],
    ["https://h/a?X-Goog-Signature=1&X-Goog-Date=3", "https://h/a"],
    ["https://h/a?sv=1&SE=2&sp=r&sr=b&SIG=x&snapshot=7", "https://h/a?snapshot=7"],
    ["https://h/a?sv=1&se=2&sp=r", "https://h/a?sv=1&se=2&sp=r"],
    ["https://h/a?Expires=1&Signature=2&Policy=3&Key-Pair-Id=4&b=5", "https://h/a?b=5"],
    ["https://h/a?Expires=1&Policy=3", "https://h/a?Expires=1&Policy=3"],
    ["https://h/a?AWSAccessKeyId=1&Signature=2&Expires=3", "https://h/a"],
    ["s3://b/k?X-Amz-Signature=1#x", "s3://b/k#x"],
    ["s3://b/k?X-Amz-Signature=1", "s3://b/k"],
  ])("%s", (text, id) => {
    expect(idOf(text)).toBe(id);
  });
});

describe("a value that may be secret becomes a pseudonym", () => {
  test("it names the model still: two values are two ids, one value is one, however encoded", () => {
    expect(idOf("https://h/a?token=abc&b=1")).toBe(`https://h/a?token=${pseudonym("abc")}&b=1`);
    expect(idOf("https://h/a?token=abc")).not.toBe(idOf("https://h/a?token=abd"));
    expect(idOf("https://h/a?token=ab%63")).toBe(idOf("https://h/a?token=abc"));
    expect(idOf(`https://h/a?token=${pseudonym("abc")}`)).toBe(idOf("https://h/a?token=abc"));
  });

  test.each([
    "token",
    "access_token",
    "key",
    "api_key",
    "apikey",
    "secret",
    "password",
    "passwd",
    "auth",
    "sig2",
    "signature",
    "credential",
    "code",
    "API-Key",
    "%74oken",
  ])("the parameter %s", (name) => {
    const secret = "s3cr3t-value";
    const text = `s3://h/a?a=1&${name}=${secret}`;
    expect(idOf(text).includes(secret)).toBe(name === "sig2");
  });

  test("separated by semicolons, in a fragment, empty, without a value", () => {
    expect(idOf("s3://h/a?a=1;token=x;y")).toBe(`s3://h/a?a=1;token=${pseudonym("x;y")}`);
    expect(idOf("s3://h/a#access_token=x")).toBe(`s3://h/a#access_token=${pseudonym("x")}`);
    expect(idOf("s3://h/a?token=&key")).toBe("s3://h/a?token=&key");
    expect(idOf("s3://h/a?token=%zz")).toBe(`s3://h/a?token=${pseudonym("%zz")}`);
  });

  test("a Hugging Face token anywhere in a URL", () => {
    const token = `hf_${"a1".repeat(17)}`;
    expect(idOf(`https://h/${token}/a`)).toBe(`https://h/${pseudonym(token)}/a`);
  });
});

describe("refused", () => {
  test.each([
    ["https://"],
    ["https:///a"],
    ["https:host/a"],
    ["https:/host/a"],
    ["https://host:port/a"],
    ["https://ho st/a"],
    ["s3://"],
    ["s3:///key"],
    ["s3://user@/key"],
    ["s3://host:port/key"],
    ["s3://ho st/key"],
    ["s3://ho\\st/key"],
  ])("%s", (text) => {
    expect(thrownBy(() => parseModelRef(text))).toMatchObject({ code: "REF_INVALID", facts: { part: "host" } });
  });

  test("a secret that makes the URL malformed is not shown", () => {
    const texts = [
      "ftp://u:sec/ret@host/a",
      "https://u:sec ret@ho st/a",
      "ftp://u:p@host:x/?token=sec ret",
      "ftp://u:se\nc@h/x",
    ];
    for (const text of texts) {
      const error = thrownBy(() => parseModelRef(text));
      expect(error.code).toBe("REF_INVALID");
      expect(inspect(error.toJSON())).not.toMatch(/sec|ret|se.{0,2}c@/s);
    }
  });
});

test("defect 5: ftp:// and HF: are no local files", () => {
  expect(parseModelRef("ftp://host/x")).toEqual({ kind: "url", scheme: "ftp", url: "ftp://host/x" });
  expect(parseModelRef("FTP://host/x")).toEqual({ kind: "url", scheme: "ftp", url: "ftp://host/x" });
  expect(parseModelRef("HF:org/repo")).toMatchObject({ kind: "hf", org: "org", repo: "repo" });
});
