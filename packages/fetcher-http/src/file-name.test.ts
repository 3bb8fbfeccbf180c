import fc from "fast-check";
import { expect, test } from "vitest";
import { fileName } from "./file-name.ts";

const url = new URL("https://h/models/gemma%20270m.gguf?download=true");

test.for<[string | undefined, string]>([
  [undefined, "gemma 270m.gguf"],
  ["attachment", "gemma 270m.gguf"],
  ['attachment; filename="model.gguf"', "model.gguf"],
  ["attachment; filename=model.gguf", "model.gguf"],
  [`attachment; filename="a.gguf"; filename*=UTF-8''b%20%C3%BC.gguf`, "b ü.gguf"],
  [String.raw`attachment; filename="a \"quoted\" name.gguf"`, "a _quoted_ name.gguf"],
  ['attachment; filename="../../etc/passwd"', "passwd"],
  [String.raw`attachment; filename="C:\\windows\\system32\\model.gguf"`, "model.gguf"],
  [`attachment; filename*=UTF-8''..%2F..%2Fevil.gguf`, "evil.gguf"],
  ['attachment; filename=".."', "gemma 270m.gguf"],
  ['attachment; filename="..."', "gemma 270m.gguf"],
  ['attachment; filename=""', "gemma 270m.gguf"],
  ['attachment; filename=".bashrc"', "bashrc"],
  ['attachment; filename=" .bashrc"', "bashrc"],
  ['attachment; filename=". . x.gguf"', "x.gguf"],
  ['attachment; filename="nul "', "_nul"],
  ['attachment; filename="nul .gguf"', "_nul .gguf"],
  ['attachment; filename="nul.gguf"', "_nul.gguf"],
  ['attachment; filename="a\u0000b\u001b[31m.gguf"', "a_b_[31m.gguf"],
  ['attachment; filename="model.gguf. "', "model.gguf"],
  [`attachment; filename*=UTF-8''%FF%FE`, "%FF%FE"],
])("%s is %s", ([disposition, expected]) => {
  const name = fileName(disposition, url);
  expect(name).toBe(expected);
});

test("a URL without a name takes that of where it led, or a plain one", () => {
  expect(fileName(undefined, new URL("https://h/"), new URL("https://cdn/x.gguf"))).toBe("x.gguf");
  expect(fileName(undefined, new URL("https://h/"))).toBe("model");
});

test("a long name keeps its ending", () => {
  const name = fileName(`attachment; filename="${"ü".repeat(500)}.gguf"`, url);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
  expect(name.endsWith("ü.gguf")).toBe(true);
});

test("a name that is cut does not end where Windows would cut on", () => {
  const name = fileName(`attachment; filename="${"a".repeat(199)} ${"b".repeat(50)}"`, url);
  expect(name).toBe("a".repeat(199));
});

test("a name as long as a head may be holds nothing up", () => {
  for (const character of ["a", " ", ".", "ü"]) {
    const startedMs = performance.now();
    expect(fileName(`attachment; filename="x${character.repeat(40_000)}x.gguf"`, url)).toMatch(/^x.*\.gguf$/);
    // A guard against a square: it takes no ten.
    expect(performance.now() - startedMs).toBeLessThan(500);
  }
});

test("whatever a server says, it is one name that any file system takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, isExtended) => {
      const value = isExtended ? `filename*=UTF-8''${encodeURIComponent(text.toWellFormed())}` : `filename="${text}"`;
      const name = fileName(`attachment; ${value}`, url);
      expect(name).toMatch(/^[^/\\\u0000-\u001f<>:"|?*]+$/);
      expect(name).not.toMatch(/^\.|[. ]$/);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
    }),
  );
});
