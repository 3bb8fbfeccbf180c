import { parseModelRef } from "@llama-orch/catalog-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { normalizeOciLocator, parseOciLocator, readOciRef } from "./oci-reference.ts";

const digest = `sha256:${"ab".repeat(32)}`;

test.each<[string, string]>([
  ["//Registry.Example/org/model", "//registry.example/org/model:latest"],
  ["//registry.example:5000/model:v1", "//registry.example:5000/model:v1"],
  ["//registry.example:443/model:v1", "//registry.example/model:v1"],
  ["//docker.io/smollm2", "//docker.io/library/smollm2:latest"],
  ["//index.docker.io/ai/smollm2:135M", "//docker.io/ai/smollm2:135M"],
  ["//registry-1.docker.io/ai/smollm2", "//docker.io/ai/smollm2:latest"],
  [`//r.example/a/b:v1@${digest}`, `//r.example/a/b@${digest}`],
  [`//r.example/a/b@${digest.toUpperCase().replace("SHA256", "sha256")}`, `//r.example/a/b@${digest}`],
  ["//r.example/a#./q4/model.gguf", "//r.example/a:latest#q4/model.gguf"],
  ["//r.example/a#q4/", "//r.example/a:latest#q4"],
  ["//r.example/a#", "//r.example/a:latest"],
  ["//[::1]:5000/a__b/c-d.e", "//[::1]:5000/a__b/c-d.e:latest"],
])("%s is %s", (locator, normalized) => {
  expect(normalizeOciLocator(locator)).toBe(normalized);
  expect(normalizeOciLocator(normalized)).toBe(normalized);
});

test.each([
  ["//r.example", "no host and name"],
  ["//r.example/", "no name of a repository"],
  ["//r.example/Org/model", "no name of a repository"],
  ["//r.example/a//b", "no name of a repository"],
  ["//r.example/../b", "no name of a repository"],
  ["//r.example/a:", "no tag"],
  ["//r.example/a:b:c", "no tag"],
  ["//r.example/a@sha256:12", "no digest"],
  [`//r.example/a@${digest}@${digest}`, "more than one @"],
  ["//r.example/a?x=1", "query"],
  [`//r.example/${"a".repeat(256)}`, "no name of a repository"],
])("%s is refused: %s", (locator, problem) => {
  expect(() => parseOciLocator(locator)).toThrow(
    expect.objectContaining({
      code: "OCI_REFERENCE_INVALID",
      facts: { problem: expect.stringContaining(problem) },
    }),
  );
});

test("what is another scheme's is not served", () => {
  expect(() => readOciRef(parseModelRef("s3://bucket/key"))).toThrow(
    expect.objectContaining({ code: "OCI_SCHEME_UNSUPPORTED", category: "cannot-serve" }),
  );
  expect(readOciRef(parseModelRef("oci://r.example/a/b:v1#x"))).toEqual({
    registry: "r.example",
    repository: "a/b",
    version: { tag: "v1" },
    path: "x",
  });
});

test("normalizing twice changes nothing", () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,4}([._-][a-z0-9]{1,3})?$/);
  const locator = fc
    .record({
      host: fc.constantFrom("r.example", "R.example:5000", "docker.io", "[::1]", "localhost:1"),
      name: fc.array(part, { minLength: 1, maxLength: 3 }),
      tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,9}$/)),
      hex: fc.option(fc.stringMatching(/^[0-9a-fA-F]{64}$/)),
      path: fc.option(fc.string({ maxLength: 9 })),
    })
    .map(
      ({ host, name, tag, hex, path }) =>
        `//${host}/${name.join("/")}${tag === null ? "" : `:${tag}`}${hex === null ? "" : `@sha256:${hex}`}${path === null ? "" : `#${path}`}`,
    );
  fc.assert(
    fc.property(locator, (text) => {
      const once = normalizeOciLocator(text);
      expect(normalizeOciLocator(once)).toBe(once);
    }),
  );
});
