import { describe, expect, test } from "vitest";
import { get, resolver, serve } from "../testing/serve.ts";
import { assertHost, headersFor, parseHostPattern } from "./host-policy.ts";
import { parseHttpClientOptions } from "./http-client-options.ts";

const refused: unknown = expect.objectContaining({ code: "TRANSFER_HOST_REFUSED" });

function ask(url: string, options: { allowHosts?: readonly string[]; denyHosts?: readonly string[] }): void {
  assertHost(new URL(url), parseHttpClientOptions(options));
}

const matching: readonly (readonly [url: string, pattern: string])[] = [
  ["https://example.com/", "example.com"],
  ["https://EXAMPLE.com:8443/", "Example.Com"],
  ["https://example.com./", "example.com"],
  ["https://example.com/", "example.com."],
  ["https://cdn.example.com/", "*.example.com"],
  ["https://a.b.example.com./", "*.EXAMPLE.com."],
  ["https://bücher.example/", "BÜCHER.example"],
  ["https://xn--bcher-kva.example/", "bücher.example"],
  ["http://127.0.0.1/", "127.0.0.1"],
  ["http://2130706433/", "127.0.0.1"],
  ["http://127.0.0.1/", "0x7f.1"],
  ["http://[::1]/", "::1"],
  ["http://[::1]/", "[::1]"],
  ["http://[0:0::1]:81/", "0:0:0:0:0:0:0:1"],
];

test.each(matching)("%s is of %s", (url, pattern) => {
  expect(() => ask(url, { allowHosts: ["other.test", pattern] })).not.toThrow();
  expect(() => ask(url, { denyHosts: ["other.test", pattern] })).toThrow(refused);
});

test.each([
  ["https://example.com/", "*.example.com"],
  ["https://badexample.com/", "example.com"],
  ["https://badexample.com/", "*.example.com"],
  ["https://cdn.example.com/", "example.com"],
  ["https://example.com.evil.test/", "example.com"],
  ["https://example.com@evil.test/", "example.com"],
  ["https://evil.test/example.com", "example.com"],
  ["http://[::2]/", "::1"],
])("%s is not of %s", (url, pattern) => {
  expect(() => ask(url, { allowHosts: [pattern] })).toThrow(refused);
  expect(() => ask(url, { denyHosts: [pattern] })).not.toThrow();
});

test("what is denied is denied though it is allowed, and an empty list allows nobody", () => {
  expect(() => ask("https://a.test/", { allowHosts: ["a.test"], denyHosts: ["a.test"] })).toThrow(refused);
  expect(() => ask("https://a.test/", { allowHosts: [] })).toThrow(refused);
  expect(() => ask("https://a.test/", {})).not.toThrow();
});

test.each([
  "",
  "*",
  "*.",
  "https://a.test",
  "a.test/",
  "a.test:80",
  "a.test:8443",
  "a b",
  "a.test?x",
  "u@a.test",
  "*.*.test",
])("%j is no pattern: one that matches nothing would deny nobody", (pattern) => {
  for (const option of ["allowHosts", "denyHosts"]) {
    expect(() => parseHostPattern(option, pattern)).toThrow(
      expect.objectContaining({ code: "TRANSFER_OPTION_INVALID", facts: { option } }),
    );
  }
});

describe("headers by host", () => {
  const found = (url: string, ...patterns: readonly string[]): string | undefined => {
    const { headers } = parseHttpClientOptions({
      headers: Object.fromEntries(patterns.map((pattern) => [pattern, { "x-of": pattern }])),
    });
    return headersFor(new URL(url), headers)["x-of"];
  };

  test.each([
    ["https://a.test/", ["a.test"], "a.test"],
    ["https://A.test./", ["a.test"], "a.test"],
    ["https://a.test:8443/", ["a.test:8443"], "a.test:8443"],
    ["https://a.test/", ["a.test:443"], "a.test:443"],
    ["http://[::1]:81/", ["[::1]:81"], "[::1]:81"],
    ["https://b.a.test/", ["a.test", "*.a.test"], "*.a.test"],
    ["https://a.test/", ["A.test", "*.test"], "A.test"],
    ["https://a.test:8443/", ["a.test:443"], undefined],
    ["https://b.a.test/", ["a.test"], undefined],
    ["https://ba.test/", ["a.test"], undefined],
    ["https://a.test.evil/", ["a.test"], undefined],
  ] as const)("%s of %j: %s", (url, patterns, expected) => {
    expect(found(url, ...patterns)).toBe(expected);
  });
});

test("a redirect leads to no host that may not be asked", async () => {
  const lookup = resolver({ "models.test": ["127.0.0.1"], "cdn.test": ["127.0.0.1"], "a.cdn.test": ["127.0.0.1"] });
  for (const [options, to] of [
    [{ allowHosts: ["models.test"] }, "cdn.test"],
    [{ denyHosts: ["cdn.test"] }, "CDN.test."],
    [{ denyHosts: ["*.cdn.test"] }, "a.cdn.test"],
  ] as const) {
    await using served = await serve({ lookup, ...options });
    served.server.redirect("/", `http://${to}:${served.server.port}/f`);
    await expect(get(served.client, `http://models.test:${served.server.port}/`)).rejects.toThrow(refused);
    expect(served.server.requests).toHaveLength(1);
  }
});
