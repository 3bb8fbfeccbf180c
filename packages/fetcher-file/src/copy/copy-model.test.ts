import { hash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { chmod, link, mkdir, readFile, rm, stat, symlink, truncate, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type FetchProgress, type Ingest, parseDigest } from "@llama-orch/catalog-core";
import { fetchContext } from "@llama-orch/contract-tests";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asPlainUser } from "../../../../tools/plain-user/as-plain-user.ts";
import { fileFetcher } from "../file-fetcher.ts";
import { type CopySetting, copySetting, largeBytes, looksOf, sha256, someBytes } from "../testing/copy-setting.ts";
import { smallBytes } from "./copy-work.ts";

let setting: CopySetting;

beforeEach(async () => {
  setting = await copySetting();
});
afterEach(() => setting.dispose());

describe("a plan", () => {
  test("of a file is to bring it, and recognises it by size, mtime and inode", async () => {
    const path = await setting.place("model.gguf", "abc");
    const { mtimeNs, ino } = await stat(path, { bigint: true });
    expect(await setting.plan(path)).toEqual({
      ref: { kind: "file", path },
      source: path,
      location: "managed",
      mayShareBlocks: true,
      kind: "file",
      validators: { sizeBytes: "3", mtimeNs: String(mtimeNs), inode: String(ino) },
      files: [{ path: "model.gguf", sizeBytes: 3 }],
    });
  });

  test("of a folder has one validator, which changes with any file of it, and is the same if none does", async () => {
    await setting.place("model/a", "1");
    const b = await setting.place("model/sub/b", "2");
    const before = await setting.plan(setting.path("model"));
    const again = await setting.plan(setting.path("model"));
    await utimes(b, 1, 1);
    const after = await setting.plan(setting.path("model"));
    expect(Object.keys(before.validators ?? {})).toHaveLength(1);
    expect(again.validators).toEqual(before.validators);
    expect(after.validators).not.toEqual(before.validators);
  });
});

// Elsewhere, a folder cannot hold both.
test.runIf(process.platform === "linux")(
  "a folder with two names that differ by case is for use in place",
  async () => {
    await setting.place("model/part", "1");
    await setting.place("model/Part", "2");
    await expect(setting.plan(setting.path("model"))).rejects.toMatchObject({
      code: "FILE_NAMES_COLLIDE",
      facts: { path: setting.path("model"), names: expect.arrayContaining(["part", "Part"]) },
    });
    const ref = { kind: "file", path: setting.path("model") } as const;
    expect((await fileFetcher().plan(ref, fetchContext())).files).toHaveLength(2);
  },
);

describe("a copy", () => {
  test.each([0, 1, smallBytes, smallBytes + 1, 1024 * 1024, 1024 * 1024 + 1, largeBytes])(
    "of a file of %d bytes is those bytes, with their digest",
    async (length) => {
      const content = someBytes(length);
      const fetched = await setting.copy(await setting.place("model.gguf", content));
      expect(fetched).toEqual({
        files: [{ path: "model.gguf", sizeBytes: length, digests: [sha256(content)] }],
        movedBytes: length,
        reusedBytes: 0,
      });
      expect(sha256(await readFile(await setting.target("model.gguf")))).toBe(sha256(content));
    },
  );

  test("of a file that is mostly holes is those bytes", async () => {
    const path = await setting.place("model.gguf", "begin");
    await truncate(path, 3_000_000);
    appendFileSync(path, "end");
    const content = Buffer.concat([Buffer.from("begin"), Buffer.alloc(3_000_000 - 5), Buffer.from("end")]);
    const { files } = await setting.copy(path);
    expect(files).toEqual([{ path: "model.gguf", sizeBytes: 3_000_003, digests: [sha256(content)] }]);
    expect(sha256(await readFile(await setting.target("model.gguf")))).toBe(sha256(content));
  });

  test("of a folder is every file of it, large and small, links followed, as regular files", async () => {
    const contents: Record<string, Buffer> = {
      "config.json": Buffer.from("{}"),
      empty: Buffer.alloc(0),
      "weights/1": someBytes(largeBytes, "1"),
      "weights/2": someBytes(1_500_000, "2"),
      "weights/link": someBytes(largeBytes, "linked"),
    };
    await setting.place("elsewhere/blob", contents["weights/link"] ?? "");
    for (const name of ["config.json", "empty", "weights/1", "weights/2"]) {
      await setting.place(`model/${name}`, contents[name] ?? "");
    }
    await symlink("../../elsewhere/blob", setting.path("model/weights/link"));

    const { files, movedBytes, reusedBytes } = await setting.copy(setting.path("model"));
    expect(Object.fromEntries(files.map(({ path, digests }) => [path, digests]))).toEqual(
      Object.fromEntries(Object.entries(contents).map(([path, content]) => [path, [sha256(content)]])),
    );
    for (const [path, content] of Object.entries(contents)) {
      const target = await setting.target(path);
      expect(sha256(await readFile(target)), path).toBe(sha256(content));
      expect(looksOf(target)["mode"]).toBe(looksOf(await setting.target("config.json"))["mode"]);
    }
    const sizeBytes = Object.values(contents).reduce((sum, content) => sum + content.length, 0);
    expect([movedBytes, reusedBytes]).toEqual([sizeBytes, 0]);
  });

  test("of many small files is each with its own content", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `part-${index}`);
    for (const name of names) await setting.place(`model/${name}`, name);
    const { files } = await setting.copy(setting.path("model"));
    expect(files.map(({ path, digests }) => `${path} ${digests?.join()}`).sort()).toEqual(
      names.map((name) => `${name} ${sha256(name)}`).sort(),
    );
  });

  test.each([3, largeBytes])(
    "of %d bytes is hashed with the algorithm of the expected digest as well",
    async (length) => {
      const content = someBytes(length);
      const expectedDigest = parseDigest(`sha512:${"0".repeat(128)}`);
      const { files } = await setting.copy(await setting.place("model.gguf", content), { expectedDigest });
      expect(files[0]?.digests).toEqual([sha256(content), `sha512:${hash("sha512", content)}`]);
    },
  );

  test("leaves out what is present already", async () => {
    await setting.place("model/a", "1");
    await setting.place("model/b", "2");
    setting.ingest = { ...setting.ingest, present: new Set(["a"]) };
    expect(await setting.copy(setting.path("model"))).toEqual({
      files: [{ path: "b", sizeBytes: 1, digests: [sha256("2")] }],
      movedBytes: 1,
      reusedBytes: 0,
    });
    await expect(stat(await setting.target("a"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test.each([3, largeBytes])(
    "of %d bytes leaves the user's own file as it is, read-only and linked",
    async (length) => {
      const path = await setting.place("model.gguf", someBytes(length));
      await link(path, setting.path("second-name"));
      await utimes(path, 1_700_000_000, 1_700_000_000);
      await chmod(path, 0o444);
      const before = looksOf(path);
      await setting.copy(path);
      expect(looksOf(path)).toEqual(before);
      expect(looksOf(await setting.target("model.gguf"))).toMatchObject({ nlink: 1n });
      expect(looksOf(await setting.target("model.gguf"))["ino"]).not.toBe(before["ino"]);
    },
  );

  test("reports each file to its end, and counts what is there", async () => {
    await setting.place("model/empty", "");
    await setting.place("model/small", "abc");
    await setting.place("model/large", someBytes(largeBytes));
    const progress: FetchProgress[] = [];
    await setting.copy(setting.path("model"), { onProgress: (event) => progress.push(event) });
    const ends = progress.filter(({ receivedBytes, totalBytes }) => receivedBytes === totalBytes);
    expect(ends.sort((one, other) => one.receivedBytes - other.receivedBytes)).toEqual([
      { path: "empty", receivedBytes: 0, totalBytes: 0, attempt: 1 },
      { path: "small", receivedBytes: 3, totalBytes: 3, attempt: 1 },
      { path: "large", receivedBytes: largeBytes, totalBytes: largeBytes, attempt: 1 },
    ]);
  });
});

describe("what cannot be copied is told apart:", () => {
  test.skipIf(process.platform === "win32").each([3, largeBytes])("a source that may not be read", async (length) => {
    const path = await setting.place("model.gguf", someBytes(length));
    await chmod(path, 0);
    await openToAll(setting);
    await asPlainUser(async () => {
      await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_NOT_READABLE", facts: { path } });
    });
  });

  test.skipIf(process.platform === "win32").each([3, largeBytes])(
    "a folder that may not be written to",
    async (length) => {
      const path = await setting.place("model.gguf", someBytes(length));
      await openToAll(setting);
      await chmod(setting.ingest.directory, 0o555);
      await asPlainUser(async () => {
        await expect(setting.copy(path)).rejects.toMatchObject({
          code: "FILE_NOT_WRITABLE",
          facts: { path: join(setting.ingest.directory, "model.gguf") },
        });
      });
    },
  );

  test.each([3, largeBytes])("a folder that is not there any more", async (length) => {
    const path = await setting.place("model.gguf", someBytes(length));
    const target = await setting.ingest.target("model.gguf");
    setting.ingest = within(setting.ingest, { ...target, path: join(setting.ingest.directory, "gone", "model.gguf") });
    await expect(setting.copy(path)).rejects.toMatchObject({
      code: "FILE_NOT_WRITABLE",
      facts: { path: join(setting.ingest.directory, "gone", "model.gguf") },
    });
  });

  test("a journal that cannot be written", async () => {
    const path = await setting.place("model.gguf", someBytes(largeBytes));
    const journalPath = await setting.journal("model.gguf");
    await mkdir(journalPath);
    await expect(setting.copy(path)).rejects.toMatchObject({ code: "FILE_NOT_REGULAR", facts: { path: journalPath } });
  });

  test("a source that is gone since it was planned", async () => {
    const path = await setting.place("model.gguf", "abc");
    const plan = await setting.plan(path);
    await rm(path);
    await expect(setting.fetch(plan)).rejects.toMatchObject({ code: "FILE_NOT_FOUND", facts: { path } });
  });
});

/** So that another user may write there. */
async function openToAll({ temp, folder }: CopySetting): Promise<void> {
  for (const path of [folder, temp.root]) await chmod(path, 0o755);
  for (const path of ["ingest", "journals"]) await chmod(join(temp.root, path), 0o777);
}

function within(ingest: Ingest, target: Awaited<ReturnType<Ingest["target"]>>): Ingest {
  return { ...ingest, target: () => Promise.resolve(target) };
}
