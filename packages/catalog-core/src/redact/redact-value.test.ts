import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { isModelError, ModelError } from "../errors/model-error.ts";
import { redactCause, redactValue } from "./redact-value.ts";
import { registerSecret } from "./registered-secrets.ts";

const url = "https://ada:hunter22@host/";
const clean = "https://[redacted]@host/";

describe("redactValue", () => {
  test("strings wherever they are, and what stands under a secret key", () => {
    const value = {
      url,
      list: [url, 1, null, undefined, true],
      headers: { Authorization: "x", "x-api-key": "y", "content-type": "z" },
      password: 1234,
      token: "",
      credentials: { user: "u", roles: ["r"] },
      code: "ENOENT",
      size: 10n,
      [url]: 1,
    };
    expect(redactValue(value)).toEqual({
      url: clean,
      list: [clean, 1, null, undefined, true],
      headers: { Authorization: "[redacted]", "x-api-key": "[redacted]", "content-type": "z" },
      password: "[redacted]",
      token: "",
      credentials: { user: "[redacted]", roles: ["[redacted]"] },
      code: "ENOENT",
      size: 10n,
      [clean]: 1,
    });
    expect(value.url).toBe(url);
  });

  test("maps, sets, dates, errors, URLs, headers", () => {
    const at = new Date(5);
    const copy = redactValue({
      map: new Map<string, unknown>([
        ["token", "x"],
        [url, at],
      ]),
      set: new Set([url]),
      error: new Error(url),
      href: new URL(url),
      headers: new Headers({ authorization: "Bearer x", accept: "y" }),
    });
    expect(copy).toEqual({
      map: new Map<string, unknown>([
        ["token", "[redacted]"],
        [clean, at],
      ]),
      set: new Set([clean]),
      error: new Error(clean),
      href: clean,
      headers: { authorization: "[redacted]", accept: "y" },
    });
  });

  test("names that stand beside their values", () => {
    const value = {
      rawHeaders: ["Host", "h", "X-Api-Key", "x"],
      pairs: [
        ["authorization", "x"],
        ["accept", "y"],
      ],
      fields: [
        { name: "token", value: "x" },
        { key: "password", value: "x" },
        { name: "size", value: 5 },
      ],
      argv: ["hf", "download", "--token", "x", "org/repo"],
      kinds: ["a", "token", "b"],
    };
    expect(redactValue(value)).toEqual({
      rawHeaders: ["Host", "h", "X-Api-Key", "[redacted]"],
      pairs: [
        ["authorization", "[redacted]"],
        ["accept", "y"],
      ],
      fields: [
        { name: "token", value: "[redacted]" },
        { key: "password", value: "[redacted]" },
        { name: "size", value: 5 },
      ],
      argv: ["hf", "download", "--token", "[redacted]", "org/repo"],
      kinds: ["a", "token", "b"],
    });
  });

  test("keys that are everyday words elsewhere, parameters of a query, bytes", () => {
    const copy: unknown = redactValue({
      auth: { user: "u", pass: "x" },
      pass: "x",
      map: new Map([["pwd", "x"]]),
      params: new URLSearchParams({ key: "x", a: "y" }),
      buffer: Buffer.from("token=x"),
      bytes: new Uint16Array(2),
    });
    expect(copy).toEqual({
      auth: { user: "[redacted]", pass: "[redacted]" },
      pass: "[redacted]",
      map: new Map([["pwd", "[redacted]"]]),
      params: { key: "[redacted]", a: "y" },
      buffer: "[7 bytes]",
      bytes: "[4 bytes]",
    });
  });

  test("cycles and shared parts stay; a part that is shared with a secret key is hidden there alone", () => {
    const shared = { text: "plain" };
    const value: Record<string, unknown> = { a: shared, b: shared, secret: shared };
    value["self"] = value;
    const copy = redactValue(value);
    expect(copy["self"]).toBe(copy);
    expect(copy["a"]).toBe(copy["b"]);
    expect(copy["a"]).toEqual({ text: "plain" });
    expect(copy["secret"]).toEqual({ text: "[redacted]" });
  });

  test("a key named __proto__ is data, and no accessor is run", () => {
    const value: unknown = JSON.parse('{"__proto__":{"token":"x"}}');
    expect(JSON.stringify(redactValue(value))).toBe('{"__proto__":{"token":"[redacted]"}}');
    const guarded = {
      get field(): string {
        throw new Error("ran");
      },
    };
    expect(redactValue(guarded)).toEqual({});
  });
});

describe("redactCause", () => {
  test("an error without a secret is returned as it is", () => {
    const error = Object.assign(new TypeError("failed", { cause: new Error("inner") }), { code: "ENOENT", list: [1] });
    expect(redactCause(error)).toBe(error);
    const aggregate = new AggregateError([error], "all");
    expect(redactCause(aggregate)).toBe(aggregate);
  });

  test.each([
    ["message", new Error(url)],
    ["a field", Object.assign(new Error("x"), { request: { url } })],
    ["a secret field", Object.assign(new Error("x"), { headers: { cookie: "hunter22" } })],
    ["its cause", new Error("x", { cause: new Error("y", { cause: url }) })],
    ["its errors", new AggregateError([new Error(url)], "x")],
    ["a symbol", Object.assign(new Error("x"), { [Symbol("request")]: url })],
    ["an error of another realm", runInNewContext("new Error(url)", { url })],
    ["a DOMException", new DOMException(url, "AbortError")],
    ["a text", url],
    ["an object", { url }],
  ])("a secret in %s is not in what is kept", (_, cause: unknown) => {
    expect(inspect(cause, { depth: null })).toContain("hunter22");
    expect(inspect(redactCause(cause), { depth: null, showHidden: true })).not.toContain("hunter22");
  });

  test("the stand-in keeps name, code, fields, stack and causes", () => {
    const error = Object.assign(new RangeError(url, { cause: new Error(url) }), { code: "E_X", status: 401 });
    const standIn = redactCause(error);
    expect(standIn).toBeInstanceOf(Error);
    expect(standIn).toMatchObject({ name: "RangeError", message: clean, code: "E_X", status: 401 });
    expect(standIn instanceof Error && standIn.cause).toEqual(new Error(clean));
    expect(standIn instanceof Error && standIn.stack).toBe(error.stack?.replaceAll(url, clean));
    expect(redactCause(new DOMException(url, "AbortError"))).toMatchObject({
      name: "AbortError",
      message: clean,
      code: 20,
    });
  });

  test("the stand-in of a ModelError is recognised", () => {
    const error = new ModelError("X_Y", "other", { message: "said late-secret-1", hint: "h" });
    const forget = registerSecret("late-secret-1");
    try {
      const standIn = redactCause(error);
      expect(isModelError(standIn, "X_Y") && standIn.message).toBe("said [redacted]");
    } finally {
      forget();
    }
  });

  test("causes in a circle", () => {
    const error = new Error(url);
    error.cause = error;
    const standIn = redactCause(error);
    expect(standIn instanceof Error && standIn.cause).toBe(standIn);
  });
});
