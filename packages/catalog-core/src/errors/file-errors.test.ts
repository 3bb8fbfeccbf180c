import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { catalogError } from "./catalog-errors.ts";
import { fileErrorFrom } from "./file-errors.ts";

const path = "/models/a.gguf";

test.each([
  ["ENOENT", "FILE_NOT_FOUND", "FILE_NOT_WRITABLE"],
  ["ENOTDIR", "FILE_NOT_FOUND", "FILE_NOT_WRITABLE"],
  ["EACCES", "FILE_NOT_READABLE", "FILE_NOT_WRITABLE"],
  ["EPERM", "FILE_NOT_READABLE", "FILE_NOT_WRITABLE"],
  ["EROFS", "FILE_NOT_READABLE", "FILE_NOT_WRITABLE"],
  ["ELOOP", "FILE_SYMLINK_LOOP", "FILE_SYMLINK_LOOP"],
  ["ENAMETOOLONG", "FILE_NAME_TOO_LONG", "FILE_NAME_TOO_LONG"],
  ["EISDIR", "FILE_NOT_REGULAR", "FILE_NOT_REGULAR"],
  ["ENOSPC", "FILE_NO_SPACE", "FILE_NO_SPACE"],
  ["EDQUOT", "FILE_NO_SPACE", "FILE_NO_SPACE"],
  ["EIO", "FILE_IO", "FILE_IO"],
])("%s is %s when read, %s when written", (systemCode, read, write) => {
  const cause = Object.assign(new Error("said the system"), { code: systemCode });
  expect(fileErrorFrom(cause, path, "read")).toMatchObject({ code: read, facts: { path, systemCode }, cause });
  expect(fileErrorFrom(cause, path, "write")).toMatchObject({ code: write, facts: { path, systemCode }, cause });
});

test.skipIf(process.platform === "win32")("a name that is too long is the caller's to mend", async () => {
  const name = "a".repeat(5000);
  const cause: unknown = await readFile(join(import.meta.dirname, name)).catch((error: unknown) => error);
  expect(fileErrorFrom(cause, name, "read")).toMatchObject({ code: "FILE_NAME_TOO_LONG", category: "usage" });
});

test.each([
  ["what a callback threw", new Error("not a file at all")],
  ["an abort", new DOMException("stop", "AbortError")],
  ["an error of Node about its arguments", Object.assign(new TypeError("x"), { code: "ERR_INVALID_ARG_VALUE" })],
  ["a typed error", catalogError("REF_INVALID", { message: "m", hint: "h" })],
  ["no error", "text"],
  ["nothing", undefined],
])("%s comes back as it is", (_, thrown: unknown) => {
  expect(fileErrorFrom(thrown, path, "read")).toBe(thrown);
});
