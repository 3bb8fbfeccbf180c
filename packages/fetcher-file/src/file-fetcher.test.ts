import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FetchPlan } from "@llama-orch/catalog-core";
import { fetchContext, tempIngest } from "@llama-orch/contract-tests";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asPlainUser } from "../../../tools/plain-user/as-plain-user.ts";
import { fileFetcher } from "./file-fetcher.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fetcher-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function plan(path: string): Promise<FetchPlan> {
  return fileFetcher().plan({ kind: "file", path }, fetchContext());
}

describe("a plan", () => {
  test("of a file is that file, in place", async () => {
    const path = join(folder, "model.gguf");
    await writeFile(path, "abc");
    expect(await plan(path)).toMatchObject({
      source: path,
      location: "external",
      kind: "file",
      files: [{ path: "model.gguf", sizeBytes: 3 }],
    });
  });

  test("of a folder is what find -L lists, links followed", async () => {
    await mkdir(join(folder, "model", "sub"), { recursive: true });
    await writeFile(join(folder, "model", "a"), "1");
    await writeFile(join(folder, "model", ".hidden"), "22");
    await writeFile(join(folder, "model", "sub", "b"), "333");
    await mkdir(join(folder, "elsewhere"));
    await writeFile(join(folder, "elsewhere", "blob"), "4444");
    await symlink("../elsewhere/blob", join(folder, "model", "link"));
    await symlink("../elsewhere", join(folder, "model", "linked"));
    const { kind, files } = await plan(join(folder, "model"));
    const found = execFileSync("find", ["-L", ".", "-type", "f", "-printf", "%P %s\n"], {
      cwd: join(folder, "model"),
      encoding: "utf8",
    });
    expect(kind).toBe("directory");
    expect(files.map(({ path, sizeBytes }) => `${path} ${sizeBytes}`).sort()).toEqual(
      found.trimEnd().split("\n").sort(),
    );
  });

  test("of what is missing, or behind a file, says so", async () => {
    await writeFile(join(folder, "file"), "");
    await expect(plan(join(folder, "absent"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(plan(join(folder, "file", "x"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test("of an empty folder finds no model", async () => {
    await expect(plan(folder)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  test.skipIf(process.platform === "win32")(
    "of a FIFO, alone or in a folder, is refused and does not wait",
    async () => {
      execFileSync("mkfifo", [join(folder, "fifo")]);
      await expect(plan(join(folder, "fifo"))).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
      await expect(plan(folder)).rejects.toMatchObject({
        code: "FILE_NOT_REGULAR",
        facts: { path: join(folder, "fifo") },
      });
    },
  );

  test.skipIf(process.platform === "win32")("of a socket or a device is refused", async () => {
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    await expect(plan(join(folder, "socket"))).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
    server.close();
    await expect(plan("/dev/null")).rejects.toMatchObject({ code: "FILE_NOT_REGULAR" });
  });

  test("of a circle of links is refused, between files and between folders", async () => {
    await symlink("b", join(folder, "a"));
    await symlink("a", join(folder, "b"));
    await expect(plan(join(folder, "a"))).rejects.toMatchObject({ code: "FILE_SYMLINK_LOOP" });
    await mkdir(join(folder, "model", "sub"), { recursive: true });
    await writeFile(join(folder, "model", "x"), "");
    await symlink("..", join(folder, "model", "sub", "up"));
    await expect(plan(join(folder, "model"))).rejects.toMatchObject({ code: "FILE_SYMLINK_LOOP" });
  });

  test("of a dangling link, alone or in a folder, names it and says where it leads", async () => {
    const link = join(folder, "link");
    await symlink("nowhere/model.gguf", link);
    for (const path of [link, folder]) {
      await expect(plan(path)).rejects.toMatchObject({
        code: "FILE_NOT_FOUND",
        message: expect.stringContaining(join(folder, "nowhere", "model.gguf")),
        hint: expect.stringContaining("link"),
        facts: { path: link, target: "nowhere/model.gguf" },
      });
    }
  });

  test.skipIf(process.platform === "win32")("of a name with a line end is refused, alone or in a folder", async () => {
    await mkdir(join(folder, "model"));
    await writeFile(join(folder, "model", "a\nb"), "");
    const refusal = { code: "FILE_NAME_UNSUPPORTED", facts: { path: join(folder, "model"), name: "a\nb" } };
    await expect(plan(join(folder, "model"))).rejects.toMatchObject(refusal);
    await expect(plan(join(folder, "model", "a\nb"))).rejects.toMatchObject(refusal);
  });

  test.skipIf(process.platform === "win32")("of what may not be read is told apart from what is missing", async () => {
    await mkdir(join(folder, "closed"));
    await chmod(join(folder, "closed"), 0);
    await asPlainUser(async () => {
      await expect(plan(join(folder, "closed", "x"))).rejects.toMatchObject({ code: "FILE_NOT_READABLE" });
    });
  });

  test.skipIf(process.platform === "win32")("of a Windows path says that this is no Windows", async () => {
    await expect(plan("C:\\models\\a.gguf")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(plan("\\\\server\\share\\a.gguf")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});

describe("a fetch", () => {
  test("confirms what was planned, writes nothing and moves nothing", async () => {
    const path = join(folder, "model.gguf");
    await writeFile(path, "abc");
    const temp = await tempIngest();
    const fetched = await fileFetcher().fetch(await plan(path), temp.ingest, fetchContext());
    expect(fetched).toEqual({
      files: [{ path: "model.gguf", sizeBytes: 3 }],
      externalPath: path,
      movedBytes: 0,
      reusedBytes: 3,
    });
    await temp.dispose();
  });

  test("of another size than planned is FILE_CHANGED", async () => {
    const path = join(folder, "model.gguf");
    await writeFile(path, "abc");
    const planned = await plan(path);
    await writeFile(path, "abcd");
    const temp = await tempIngest();
    await expect(fileFetcher().fetch(planned, temp.ingest, fetchContext())).rejects.toMatchObject({
      code: "FILE_CHANGED",
    });
    await temp.dispose();
  });
});

test("an abort is rethrown as it is", async () => {
  const reason = new Error("enough");
  const call = fileFetcher().plan({ kind: "file", path: folder }, fetchContext({ signal: AbortSignal.abort(reason) }));
  expect(await call.catch((error: unknown) => error)).toBe(reason);
});
