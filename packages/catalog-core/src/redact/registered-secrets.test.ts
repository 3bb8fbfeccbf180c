import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { redactText } from "./redact.ts";
import { registerSecret } from "./registered-secrets.ts";

const secret = "pä ss'\"\\/?#+1";

test.each([
  ["as it is", secret],
  ["percent-encoded", encodeURIComponent(secret)],
  ["percent-encoded in lower case", encodeURIComponent(secret).toLowerCase()],
  ["encoded as a form", new URLSearchParams({ a: secret }).toString()],
  ["encoded by URL", new URL(`https://h/?a=${encodeURI(secret)}`).href],
  ["escaped in JSON", JSON.stringify({ a: secret })],
  ["escaped in JSON in JSON", JSON.stringify({ a: JSON.stringify({ a: secret }) })],
  ["as inspect prints it", inspect({ a: secret })],
  ["in base64", Buffer.from(secret).toString("base64")],
  ["in base64url", Buffer.from(secret).toString("base64url")],
  ["in base64, amid other text", Buffer.from(`user:${secret}.`).toString("base64")],
  ["in base64, amid other text", Buffer.from(`users:${secret}.`).toString("base64")],
  ["in base64, amid other text", Buffer.from(`user5:${secret}.`).toString("base64")],
])("a registered value is hidden %s", (_, text) => {
  const forget = registerSecret(secret);
  expect(redactText(text)).toContain("[redacted]");
  expect(redactText(`${text} and ${text}`).split("[redacted]").length).toBe(3);
  forget();
  expect(redactText(text)).toBe(text);
});

test("values of fewer than 6 characters, and parts of the replacement itself, are ignored", () => {
  const forget = ["abcde", "redacted", "[redac", "redacted-0123456789ab"].map(registerSecret);
  expect(redactText("abcde redacted")).toBe("abcde redacted");
  expect(redactText("?token=redacted-0123456789ab")).toBe("?token=redacted-0123456789ab");
  for (const each of forget) each();
});

test("a value is hidden until everyone who registered it has let go of it, once each", () => {
  const [first, second] = [registerSecret("shared-value"), registerSecret("shared-value")];
  first();
  first();
  expect(redactText("a shared-value")).toBe("a [redacted]");
  second();
  expect(redactText("a shared-value")).toBe("a shared-value");
});

test("a value that begins with another one is hidden whole", () => {
  const forget = [registerSecret("prefix"), registerSecret("prefix-and-more")];
  expect(redactText("prefix-and-more prefix")).toBe("[redacted] [redacted]");
  for (const each of forget) each();
});

test("other copies of this package in the process hide it too", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "second-copy-"));
  try {
    await cp(import.meta.dirname, folder, { recursive: true });
    const copy: unknown = await import(pathToFileURL(path.join(folder, "redact.ts")).href);
    const redactElsewhere =
      typeof copy === "object" && copy !== null && "redactText" in copy ? copy.redactText : undefined;
    expect(redactElsewhere).not.toBe(redactText);
    const forget = registerSecret("known-everywhere");
    const redacted: unknown =
      typeof redactElsewhere === "function"
        ? Reflect.apply(redactElsewhere, undefined, ["a known-everywhere"])
        : undefined;
    expect(redacted).toBe("a [redacted]");
    forget();
  } finally {
    await rm(folder, { recursive: true });
  }
});
