import { isModelError } from "@llama-orch/catalog-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseResponseHead } from "./response-head.ts";

const url = new URL("https://models.test/model.gguf");
const parse = (...lines: readonly string[]): ReturnType<typeof parseResponseHead> =>
  parseResponseHead(`${lines.join("\r\n")}\r\n\r\n`, url);
const invalid: unknown = expect.objectContaining({ code: "TRANSFER_ANSWER_INVALID" });

test("status and headers, with names in lower case and values trimmed", () => {
  const head = parse("HTTP/1.1 206 Partial Content", "Content-Length: 5", "X-A:\t one \t two\t ", "x-empty:");
  expect(head.status).toBe(206);
  expect([...head.headers]).toEqual([
    ["content-length", "5"],
    ["x-a", "one \t two"],
    ["x-empty", ""],
  ]);
});

test.each(["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.0 200 OK", "HTTP/1.1 200 Alles gut: \xfc"])(
  "%j is a status line",
  (line) => {
    expect(parse(line).status).toBe(200);
  },
);

test.each([
  "",
  "HTTP/1.1",
  "HTTP/1.1 20",
  "HTTP/1.1 2000 OK",
  "HTTP/1.1 099 Low",
  "HTTP/1.1  200 OK",
  "HTTP/2 200",
  "HTTP/1.2 200 OK",
  "http/1.1 200 OK",
  " HTTP/1.1 200 OK",
  "HTTP/1.1 200 O\0K",
  "HTTP/1.1 200 O\nK",
  "HTTP/1.1 200 O\rK",
  "SSH-2.0-OpenSSH_9.6",
  "<html>",
])("%j is none", (line) => {
  expect(() => parse(line)).toThrow(invalid);
});

test.each([
  ["a folded line", ["X-A: one", " two"]],
  ["a tab before it", ["X-A: one", "\ttwo"]],
  ["no colon", ["X-A one"]],
  ["no name", [": one"]],
  ["a blank before the colon", ["Content-Length : 5"]],
  ["a blank within the name", ["Content Length: 5"]],
  ["a NUL", ["X-A: o\0ne"]],
  ["a lone CR", ["X-A: o\rne"]],
  ["a lone LF", ["X-A: one\nX-B: two"]],
  ["a control character", ["X-A: o\x07ne"]],
  ["DEL", ["X-A: o\x7fne"]],
  ["an empty line", ["X-A: one", "", "X-B: two"]],
  ["a name beyond ASCII", ["X-\xc4: one"]],
])("refused: %s", (_, lines) => {
  expect(() => parse("HTTP/1.1 200 OK", ...lines)).toThrow(invalid);
});

test("values may be Latin-1", () => {
  expect(parse("HTTP/1.1 200 OK", "X-A: \xfc\xff").headers.get("x-a")).toBe("\xfc\xff");
});

test("names like those of every object are names", () => {
  expect(parse("HTTP/1.1 200 OK", "__proto__: a", "constructor: b").headers.get("__proto__")).toBe("a");
});

describe("what is sent several times", () => {
  test("is joined", () => {
    expect(parse("HTTP/1.1 200 OK", "Vary: a", "vary: b").headers.get("vary")).toBe("a, b");
  });

  test.each(["Content-Length: 5", "Location: /a", 'ETag: "a"'])("is one where it can only be one: %s", (line) => {
    const [name = "", value = ""] = line.split(": ");
    expect(parse("HTTP/1.1 200 OK", line, line).headers.get(name.toLowerCase())).toBe(value);
  });

  test.each(["Content-Length", "Content-Range", "Location", "ETag"])("is refused where it differs: %s", (name) => {
    expect(() => parse("HTTP/1.1 200 OK", `${name}: 1`, `${name}: 2`)).toThrow(invalid);
  });
});

test.each([
  ["HTTP/1.1", [], true],
  ["HTTP/1.1", ["Connection: close"], false],
  ["HTTP/1.1", ["Connection: Keep-Alive, Close"], false],
  ["HTTP/1.1", ["Connection: upgrade", "Connection: close"], false],
  ["HTTP/1.1", ["Connection: not-close"], true],
  ["HTTP/1.0", [], false],
  ["HTTP/1.0", ["Connection: Keep-Alive"], true],
  ["HTTP/1.0", ["Connection: keep-alive, close"], false],
  ["HTTP/1.0", ["Connection: keep-alive", "Transfer-Encoding: chunked"], false],
] as const)("%s %j: the connection lives on: %s", (version, lines, keepsAlive) => {
  expect(parse(`${version} 200 OK`, ...lines).keepsAlive).toBe(keepsAlive);
});

test("a line of blanks takes no longer than any other", () => {
  // 10^11 steps for an expression that looks from every blank on; the time limit of the test is the assertion.
  const value = `x${" \t".repeat(250_000)}x`;
  expect(parse("HTTP/1.1 200 OK", `X-A: ${value}`).headers.get("x-a")).toBe(value);
}, 5_000);

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,20}$/);
const fieldValue = fc.stringMatching(
  /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]{0,20}[\x21-\x7e\x80-\xff])?)?$/,
);

test("what is printed is what is read", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 999 }),
      fc.uniqueArray(fc.tuple(token, fieldValue), { selector: ([name]) => name.toLowerCase() }),
      (status, fields) => {
        const head = parse(`HTTP/1.1 ${status} Whatever`, ...fields.map(([name, value]) => `${name}: ${value}`));
        expect(head.status).toBe(status);
        expect([...head.headers]).toEqual(fields.map(([name, value]) => [name.toLowerCase(), value]));
      },
    ),
  );
});

test("whatever comes is a head or a typed error", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }), (lines) => {
      expect(outcomeOf(lines)).toMatch(/^(?:200|TRANSFER_ANSWER_INVALID)$/);
    }),
  );
});

function outcomeOf(lines: readonly string[]): string {
  try {
    return String(parse("HTTP/1.1 200 OK", ...lines).status);
  } catch (error) {
    return isModelError(error) ? error.code : "untyped";
  }
}
