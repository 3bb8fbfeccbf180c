import { expect, test } from "vitest";
import { ask, type Asked, askSigned } from "../testing/ask.ts";
import { startTestS3, type TestS3 } from "../test-s3.ts";
import type { ListLieEffect } from "./list-lie.ts";

test("keys come in pages, in the order of their bytes", async () => {
  await using s3 = await s3WithKeys(["p/", "p/b", "p/a", "p/ü", "p/Z", "q"]);
  s3.setPageSize(2);
  const keys: string[] = [];
  let query = "list-type=2&prefix=p%2F";
  for (let token: string | undefined = ""; token !== undefined;) {
    const { body } = await list(s3, `${query}${token && `&continuation-token=${encodeURIComponent(token)}`}`);
    keys.push(...valuesOf(body, "Key"));
    token = valuesOf(body, "NextContinuationToken")[0];
    expect(valuesOf(body, "IsTruncated")).toEqual([String(token !== undefined)]);
  }
  expect(keys).toEqual(["p/", "p/Z", "p/a", "p/b", "p/ü"]);
  query = "list-type=2&continuation-token=mine";
  expect(await list(s3, query)).toMatchObject({ status: 400, code: "InvalidArgument" });
});

test("a delimiter makes prefixes of keys, over pages as well", async () => {
  await using s3 = await s3WithKeys(["a/1", "a/2", "b", "c/1"]);
  const { body } = await list(s3, "list-type=2&delimiter=/&max-keys=2");
  expect([valuesOf(body, "Key"), valuesOf(body, "IsTruncated")]).toEqual([["b"], ["true"]]);
  expect(body).toContain("<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>");
  const token = encodeURIComponent(valuesOf(body, "NextContinuationToken")[0] ?? "");
  const next = await list(s3, `list-type=2&delimiter=/&continuation-token=${token}`);
  expect(next.body).toContain("<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>");
});

test("odd keys are escaped, or encoded where that is asked for", async () => {
  await using s3 = await s3WithKeys(['a&<"> +\r\u0001']);
  const plain = await list(s3, "list-type=2");
  expect(valuesOf(plain.body, "Key")).toEqual(["a&amp;&lt;&quot;&gt; +&#13;&#x1;"]);
  const encoded = await list(s3, "list-type=2&encoding-type=url");
  expect(valuesOf(encoded.body, "Key")).toEqual(["a%26%3C%22%3E+%2B%0D%01"]);
});

test("who may list", async () => {
  await using s3 = await s3WithKeys(["a"]);
  s3.bucket("shown", { public: true });
  s3.bucket("unlisted", { public: true, mayList: false });
  expect(await ask(`${s3.origin}/models?list-type=2`)).toMatchObject({ status: 403 });
  expect(await ask(`${s3.origin}/shown?list-type=2`)).toMatchObject({ status: 200 });
  expect(await ask(`${s3.origin}/unlisted?list-type=2`)).toMatchObject({ status: 403 });
});

test.each<[ListLieEffect, RegExp]>([
  [{ kind: "endless" }, /<NextContinuationToken>.*<IsTruncated>true.*<Key>page-\d+\/0</],
  [{ kind: "no-token" }, /^(?!.*NextContinuationToken).*<IsTruncated>true/s],
  [{ kind: "invalid-xml" }, /<Key>a<(?!.*<\/ListBucketResult>)/s],
  [{ kind: "entity-bomb" }, /<!ENTITY e9 ".*<Prefix>&e9;/s],
  [{ kind: "more-key", key: "../x" }, /<Key>\.\.\/x<.*<Key>a</],
  [{ kind: "same-key-twice" }, /<Key>a<.*<Key>a</],
  [{ kind: "size", text: "many" }, /<Size>many</],
  [{ kind: "document", xml: "<html>" }, /^<html>$/],
])("it lies as told: %j", async (lie, said) => {
  await using s3 = await s3WithKeys(["a"]);
  const fault = s3.injectInList({ ...lie, times: 1 });
  expect((await list(s3, "list-type=2")).body).toMatch(said);
  expect(fault.count()).toBe(1);
  expect(valuesOf((await list(s3, "list-type=2")).body, "Key")).toEqual(["a"]);
});

test("it says the same token again and again, and as much as is told", async () => {
  await using s3 = await s3WithKeys(["a"]);
  s3.injectInList({ kind: "same-token" });
  const [token = ""] = valuesOf((await list(s3, "list-type=2")).body, "NextContinuationToken");
  s3.injectInList({ kind: "huge", bytes: 100_000 });
  const { body } = await list(s3, `list-type=2&continuation-token=${encodeURIComponent(token)}`);
  expect(valuesOf(body, "NextContinuationToken")).toEqual([token]);
  expect(body).toHaveLength(100_000);
});

async function s3WithKeys(keys: readonly string[]): Promise<TestS3> {
  const s3 = await startTestS3();
  s3.bucket("models");
  for (const key of keys) s3.putObject("models", key, key.endsWith("/") ? "" : key);
  return s3;
}

async function list(s3: TestS3, query: string): Promise<Asked> {
  return askSigned(s3, `${s3.origin}/models?${query}`);
}

function valuesOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map(([, value]) => value ?? "");
}
