import { redactText } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { headersByHost, headersVariable } from "./headers-by-host.ts";

function read(text: string): unknown {
  return headersByHost({ [headersVariable]: text });
}

test("a line is a host, with a port or for all below it, and a header", () => {
  const lines = [
    "Models.Example.com Authorization: Bearer abcdef",
    "  *.example.com   X-Api-Key:k1:k2  ",
    "models.example.com Cookie: a=b; c=d\r",
    "[::1]:8443 X-A: ä",
  ];
  expect(read(lines.join("\n"))).toEqual({
    "models.example.com": { Authorization: "Bearer abcdef", Cookie: "a=b; c=d" },
    "*.example.com": { "X-Api-Key": "k1:k2" },
    "[::1]:8443": { "X-A": "ä" },
  });
  expect(headersByHost({})).toEqual({});
  expect(read("\n \n")).toEqual({});
});

test.each([
  "a.example",
  "a.example X",
  "a.example: X: y",
  "X: y",
  "https://a.example X: y",
  "a.example X:",
  "a b c: d",
])("%j is none", (line) => {
  expect(() => read(line)).toThrow(expect.objectContaining({ code: "USAGE_INVALID" }));
});

test("a host cannot be the prototype of others", () => {
  read("__proto__ X-Polluted: abcdef");
  expect({}).not.toHaveProperty("X-Polluted");
});

test("the value, and the credential within it, are hidden wherever they turn up", () => {
  read("a.example Authorization: Bearer correct-horse-1");
  read("a.example X-Whatever: correct-horse-2");
  expect(redactText("<correct-horse-1> <correct-horse-2>")).not.toContain("correct-horse");
});
