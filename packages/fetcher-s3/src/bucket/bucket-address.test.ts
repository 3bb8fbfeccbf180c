import { expect, test } from "vitest";
import { type BucketPlace, objectUrl, regionOfHost } from "./bucket-address.ts";

function place(given: Partial<Omit<BucketPlace, "endpoint">> & { readonly endpoint?: string }): BucketPlace {
  const { endpoint, ...rest } = given;
  return {
    bucket: "models",
    region: "us-east-1",
    addressing: undefined,
    ...rest,
    endpoint: endpoint === undefined ? undefined : new URL(endpoint),
  };
}

test.for([
  [{}, "https://models.s3.us-east-1.amazonaws.com/a/b"],
  [{ region: "cn-north-1" }, "https://models.s3.cn-north-1.amazonaws.com.cn/a/b"],
  [{ bucket: "my.models" }, "https://s3.us-east-1.amazonaws.com/my.models/a/b"],
  [{ bucket: "My_Models" }, "https://s3.us-east-1.amazonaws.com/My_Models/a/b"],
  [{ addressing: "path" }, "https://s3.us-east-1.amazonaws.com/models/a/b"],
  [{ endpoint: "http://127.0.0.1:9000" }, "http://127.0.0.1:9000/models/a/b"],
  [{ endpoint: "http://localhost:9000/base/" }, "http://localhost:9000/base/models/a/b"],
  [{ endpoint: "http://localhost:9000", addressing: "virtual-host" }, "http://models.localhost:9000/a/b"],
  [{ endpoint: "https://s3.amazonaws.com", region: "eu-west-1" }, "https://models.s3.eu-west-1.amazonaws.com/a/b"],
  [
    { endpoint: "https://s3-eu-west-1.amazonaws.com:8443", region: "eu-north-1" },
    "https://models.s3.eu-north-1.amazonaws.com:8443/a/b",
  ],
  [
    { endpoint: "https://s3.eu-west-1.amazonaws.com", region: "eu-west-1" },
    "https://models.s3.eu-west-1.amazonaws.com/a/b",
  ],
  [{ endpoint: "https://s3.amazonaws.com" }, "https://models.s3.amazonaws.com/a/b"],
  [{ endpoint: "https://s3-accelerate.amazonaws.com" }, "https://models.s3-accelerate.amazonaws.com/a/b"],
  [
    { endpoint: "https://s3.dualstack.us-east-1.amazonaws.com", region: "eu-west-1" },
    "https://models.s3.dualstack.us-east-1.amazonaws.com/a/b",
  ],
  [{ bucket: "My_Models", addressing: "virtual-host" }, "https://s3.us-east-1.amazonaws.com/My_Models/a/b"],
  [{ bucket: "my.models", addressing: "virtual-host" }, "https://my.models.s3.us-east-1.amazonaws.com/a/b"],
  [{ endpoint: "https://s3.example.com", region: "eu-west-1" }, "https://s3.example.com/models/a/b"],
] as const)("%o", ([given, url]) => {
  expect(objectUrl(place(given), "a/b").href).toBe(url);
});

test("a bucket itself has no slash after it by path, and one by host", () => {
  expect(objectUrl(place({ addressing: "path" }), undefined).pathname).toBe("/models");
  expect(objectUrl(place({}), undefined).pathname).toBe("/");
});

test("keys are encoded as they are signed", () => {
  const { pathname } = objectUrl(place({}), "a b+c/%?#'()*!ä//&=:@$,;~");
  expect(pathname).toBe("/a%20b%2Bc/%25%3F%23%27%28%29%2A%21%C3%A4//%26%3D%3A%40%24%2C%3B~");
});

test.for([
  ["s3.us-west-2.amazonaws.com", "us-west-2"],
  ["bucket.s3-us-west-2.amazonaws.com", "us-west-2"],
  ["bucket.s3.cn-north-1.amazonaws.com.cn", "cn-north-1"],
  ["s3.amazonaws.com", "us-east-1"],
  ["s3.us-west-2.amazonaws.com.evil.example", undefined],
  ["s3.evil.example", undefined],
  ["s3-accelerate.amazonaws.com", undefined],
  ["s3.us-gov-west-1.amazonaws.com", "us-gov-west-1"],
  ["evils3.amazonaws.com", undefined],
] as const)("the region of %s is %s", ([host, region]) => {
  expect(regionOfHost(host)).toBe(region);
});
