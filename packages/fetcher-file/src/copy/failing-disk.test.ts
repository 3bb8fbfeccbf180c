import { existsSync, writeFileSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CopySetting, copySetting, largeBytes, someBytes } from "../testing/copy-setting.ts";

// What a disk does only when it fails, or in the moment between two calls.
let setting: CopySetting;
let handles: Handles;

/** What all open files have in common. */
interface Handles {
  readonly read: (...options: unknown[]) => Promise<unknown>;
  readonly write: (...options: unknown[]) => Promise<unknown>;
}

beforeEach(async () => {
  setting = await copySetting();
  await using file = await open(import.meta.filename);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- getPrototypeOf is untyped; every handle has this one.
  handles = Object.getPrototypeOf(file) as Handles;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await setting.dispose();
});

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: the disk says so`), { code });
}

describe.each([3, largeBytes])("a file of %d bytes", (length) => {
  let path: string;
  beforeEach(async () => {
    path = await setting.place("model.gguf", someBytes(length));
  });

  test("that cannot be read says so of the user's own file", async () => {
    vi.spyOn(handles, "read").mockRejectedValue(systemError("EIO"));
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_IO", facts: { path, systemCode: "EIO" } });
  });

  test("that ends too early, and looks as it did, is refused", async () => {
    vi.spyOn(handles, "read").mockResolvedValue({ bytesRead: 0 });
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
    expect(existsSync(await setting.target("model.gguf"))).toBe(false);
  });
});

test("a large file beyond this user's share of the disk says how much is missing", async () => {
  const path = await setting.place("model.gguf", someBytes(largeBytes));
  vi.spyOn(handles, "write").mockRejectedValue(systemError("EDQUOT"));
  await expect(setting.copy(path)).rejects.toMatchObject({
    code: "FILE_NO_SPACE",
    facts: { systemCode: "EDQUOT", neededBytes: largeBytes, freeBytes: expect.any(Number) },
  });
});

test("a disk that takes only a part of what it is given is given the rest", async () => {
  const content = someBytes(largeBytes);
  const path = await setting.place("model.gguf", content);
  const write = handles.write;
  vi.spyOn(handles, "write").mockImplementation(function (this: unknown, ...options) {
    const [buffer, offset, length, position] = options;
    return write.call(this, buffer, offset, Math.min(Number(length), 300_000), position);
  });
  const { movedBytes } = await setting.copy(path);
  expect(movedBytes).toBe(largeBytes);
  expect(content.equals(await readFile(await setting.target("model.gguf")))).toBe(true);
});

describe("while a small file is read", () => {
  /** After the first read there is. */
  function afterRead(change: () => void): void {
    const read = handles.read;
    vi.spyOn(handles, "read").mockImplementationOnce(async function (this: unknown, ...options) {
      const done = await read.call(this, ...options);
      change();
      return done;
    });
  }

  test("a write to it is noticed, also one that keeps its size", async () => {
    const path = await setting.place("model.gguf", "abc");
    afterRead(() => writeFileSync(path, "xyz", { flag: "r+" }));
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_CHANGED", facts: { path } });
  });

  test("what comes to lie at its target is not written over", async () => {
    const path = await setting.place("model.gguf", "abc");
    const target = await setting.target("model.gguf");
    afterRead(() => writeFileSync(target, "somebody else's"));
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_IO", facts: { systemCode: "EEXIST" } });
    expect(await readFile(target, "utf8")).toBe("somebody else's");
  });
});

test.runIf(existsSync("/proc/version"))("what the kernel makes up on reading is no file to copy", async () => {
  await expect(setting.copy("/proc/version")).rejects.toMatchObject({ code: "FILE_CHANGED" });
});
