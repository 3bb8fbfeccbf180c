import { hash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { type S3FetcherOptions } from "../s3-fetcher-options.ts";
import { openSetting, type Setting } from "../testing/setting.ts";

async function setUp(options?: S3FetcherOptions): Promise<Setting> {
  const setting = await openSetting(options);
  onTestFinished(() => setting[Symbol.asyncDispose]());
  return setting;
}

describe("an object", () => {
  test("has its size, its version, and the sha256 that S3 keeps of the whole", async () => {
    const { s3, plan } = await setUp();
    const { etag } = s3.putObject("models", "dir/model.gguf", "weights", { checksums: ["sha256", "crc32"] });
    expect(await plan("s3://models/dir/model.gguf")).toEqual({
      ref: expect.anything(),
      source: `${s3.origin}/models/dir/model.gguf`,
      location: "managed",
      kind: "file",
      revision: etag?.slice(1, -1),
      validators: { etag, lastModified: expect.any(String) },
      files: [{ path: "model.gguf", sizeBytes: 7, digest: `sha256:${hash("sha256", "weights")}` }],
    });
    expect(s3.requests.map(({ method }) => method)).toEqual(["HEAD"]);
  });

  test.for([
    ["a composite checksum", { checksums: ["sha256"], multipart: { partBytes: 4 } }],
    ["a CRC", { checksums: ["crc64nvme"] }],
    ["no checksum, and the MD5 as its ETag", { checksums: [] }],
  ] as const)("with %s has no digest", async ([, options]) => {
    const { s3, plan } = await setUp();
    s3.putObject("models", "model.gguf", "weights", options);
    expect((await plan("s3://models/model.gguf")).files).toEqual([{ path: "model.gguf", sizeBytes: 7 }]);
  });

  test("is named by its version where the bucket keeps them", async () => {
    const { s3, plan } = await setUp();
    s3.bucket("models", { versioned: true });
    const { versionId: old = "" } = s3.putObject("models", "model.gguf", "old");
    const { versionId } = s3.putObject("models", "model.gguf", "newer");
    expect(await plan("s3://models/model.gguf")).toMatchObject({
      revision: versionId,
      validators: { versionId },
      files: [{ sizeBytes: 5 }],
    });
    expect(await plan(`s3://models/model.gguf?versionId=${old}`)).toMatchObject({
      revision: old,
      files: [{ sizeBytes: 3 }],
    });
  });

  test("whose version is null is had without it, unless it was named", async () => {
    const { s3, plan, fetch } = await setUp();
    s3.putObject("models", "model.gguf", "weights", { headers: { "x-amz-version-id": "null" } });
    expect((await plan("s3://models/model.gguf")).validators).not.toHaveProperty("versionId");
    await fetch("s3://models/model.gguf");
    expect(s3.requests.every(({ path }) => !path.includes("versionId"))).toBe(true);
    const { revision } = await plan("s3://models/model.gguf");
    expect(await fetch("s3://models/model.gguf?versionId=null")).toMatchObject({ movedBytes: 7 });
    expect(s3.requests.at(-1)?.path).toContain("versionId=null");
    expect((await plan("s3://models/model.gguf?versionId=null")).revision).toBe(revision);
  });

  test("has a revision that can be part of a path, whatever its ETag is", async () => {
    const { s3, plan } = await setUp();
    for (const etag of ['"../../x"', `"${"a".repeat(200)}"`, '"a/b"']) {
      s3.putObject("models", "model.gguf", "weights", { etag });
      expect((await plan("s3://models/model.gguf")).revision).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  test("without an ETag has no revision", async () => {
    const { s3, plan } = await setUp();
    s3.putObject("models", "model.gguf", "weights", { etag: null });
    expect(await plan("s3://models/model.gguf")).not.toHaveProperty("revision");
  });

  test.for(["a b+c.gguf", "ä/ö+%.gguf", "a//b.gguf", "/a.gguf", "what?#&=;'()*!@,$~.gguf", "100%25.gguf"])(
    "%s is asked for and signed as it is called, by path and by host",
    async (key) => {
      const setting = await setUp();
      setting.s3.putObject("models", key, "weights");
      const reference = `s3://models/${key.split("/").map(encodeURIComponent).join("/")}`;
      for (const addressing of ["path", "virtual-host"] as const) {
        const { port } = setting.s3;
        const { s3Fetcher } = await import("../s3-fetcher.ts");
        const other = setting.using(
          s3Fetcher({ ...setting.options, endpoint: `http://localhost:${port}`, addressing, lookup }),
        );
        expect((await other.plan(reference)).files).toEqual([{ path: key.split("/").at(-1), sizeBytes: 7 }]);
      }
    },
  );

  test("of a server that has no HEAD is asked for one byte", async () => {
    const { s3, plan } = await setUp();
    s3.putObject("models", "model.gguf", "weights");
    s3.inject({ kind: "status", status: 405, when: ({ method }) => method === "HEAD" });
    expect((await plan("s3://models/model.gguf")).files).toEqual([{ path: "model.gguf", sizeBytes: 7 }]);
    expect(s3.requests.at(-1)).toMatchObject({ method: "GET", range: { from: 0, to: 0 } });
  });
});

describe("a prefix", () => {
  test("is all objects below it, page by page, without what stands for folders", async () => {
    const { s3, plan } = await setUp();
    for (const key of ["m/", "m/config.json", "m/sub/", "m/sub/a+b c.gguf", "m/ä.json", "m2/other", "mother"])
      s3.putObject("models", key, key.endsWith("/") ? "" : key);
    s3.setPageSize(2);
    const { kind, files, revision } = await plan("s3://models/m/");
    expect(kind).toBe("directory");
    expect(files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ["config.json", 13],
      ["sub/a+b c.gguf", 16],
      ["ä.json", 9],
    ]);
    expect(revision).toMatch(/^[0-9a-f]{32}$/);
    expect(s3.requests).toHaveLength(3);
    expect((await plan("s3://models/")).files).toHaveLength(5);
  });

  test("has another revision when an object is added, removed or replaced, and the same one in another order", async () => {
    const { s3, plan } = await setUp();
    const revision = async (): Promise<string | undefined> => (await plan("s3://models/m/")).revision;
    s3.putObject("models", "m/a", "one");
    const first = await revision();
    s3.putObject("models", "m/b", "two");
    const second = await revision();
    s3.putObject("models", "m/b", "two!");
    const third = await revision();
    s3.deleteObject("models", "m/b");
    expect(new Set([first, second, third]).size).toBe(3);
    expect(await revision()).toBe(first);
  });

  test("tells the sha256 of objects that S3 keeps one of, and asks for no other checksum", async () => {
    const { s3, plan } = await setUp();
    s3.putObject("models", "m/a", "one", { checksums: ["sha256"] });
    s3.putObject("models", "m/b", "two", { checksums: ["crc64nvme"] });
    s3.putObject("models", "m/c", "three", { checksums: ["sha256"], multipart: { partBytes: 2 } });
    const { files } = await plan("s3://models/m/");
    expect(files).toEqual([
      { path: "a", sizeBytes: 3, digest: `sha256:${hash("sha256", "one")}` },
      { path: "b", sizeBytes: 3 },
      { path: "c", sizeBytes: 5 },
    ]);
    expect(s3.requests.map(({ method }) => method)).toEqual(["GET", "HEAD"]);
  });

  test.for([
    [
      ["A", "a"],
      ["A", "a"],
    ],
    [["x//y"], ["x//y"]],
    [["x/../y"], ["x/../y"]],
    [["a\\b"], ["a\\b"]],
  ] as const)("with the names %o cannot be kept", async ([names, paths]) => {
    const { s3, failure } = await setUp();
    for (const name of names) s3.putObject("models", `m/${name}`, "bytes");
    expect(await failure("s3://models/m/")).toMatchObject({ code: "S3_PATHS_UNSUPPORTED", facts: { paths } });
  });

  test("with nothing below it is not found", async () => {
    const { s3, failure } = await setUp();
    expect(await failure("s3://models/")).toMatchObject({ code: "S3_KEY_NOT_FOUND", category: "not-found" });
    s3.putObject("models", "m/", "");
    expect(await failure("s3://models/m/")).toMatchObject({ code: "S3_KEY_NOT_FOUND", facts: { prefix: "m/" } });
  });

  test("that has a page for web browsers in it is fetched with it", async () => {
    const { s3, fetch, read } = await setUp();
    s3.putObject("models", "m/card.html", "<!DOCTYPE html><html>card</html>", { contentType: "text/html" });
    await fetch("s3://models/m/");
    expect(await read("card.html")).toContain("card");
  });

  test("that was named without its slash is told from a key that does not exist", async () => {
    const { s3, failure } = await setUp();
    s3.putObject("models", "m/a", "bytes");
    expect((await failure("s3://models/m")).hint).toContain("s3://models/m/");
    expect((await failure("s3://models/n")).hint).not.toContain("append a slash");
  });
});

describe("a list that lies is not believed", () => {
  test.for([
    [{ kind: "endless" }, "S3_ANSWER_INVALID", "more than"],
    [{ kind: "same-token" }, "S3_ANSWER_INVALID", "token twice"],
    [{ kind: "no-token" }, "S3_ANSWER_INVALID", "no list"],
    [{ kind: "invalid-xml" }, "S3_ANSWER_INVALID", "no list"],
    [{ kind: "entity-bomb" }, "S3_ANSWER_INVALID", "no list"],
    [{ kind: "more-key", key: "elsewhere" }, "S3_ANSWER_INVALID", "elsewhere"],
    [{ kind: "more-key", key: "m/../../etc/passwd" }, "S3_PATHS_UNSUPPORTED", "passwd"],
    [{ kind: "same-key-twice" }, "S3_ANSWER_INVALID", "twice"],
    [{ kind: "size", text: "-1" }, "S3_ANSWER_INVALID", "no list"],
    [{ kind: "size", text: "1e400" }, "S3_ANSWER_INVALID", "no list"],
    [{ kind: "document", xml: "<html>log in</html>" }, "S3_ANSWER_INVALID", "no list"],
    [{ kind: "huge", bytes: 17 * 1024 * 1024 }, "TRANSFER_ANSWER_TOO_LARGE", "more than"],
  ] as const)("%o", async ([lie, code, words]) => {
    const { s3, failure } = await setUp({ maxRetries: 0 });
    s3.putObject("models", "m/a", "bytes");
    s3.injectInList(lie);
    const error = await failure("s3://models/m/");
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/\S/) });
    expect(error.message).toContain(words);
  });

  test.for([
    [["crc32"], "S3_ANSWER_INVALID"],
    [["sha256"], "S3_ANSWER_INVALID"],
    [[], "TRANSFER_SIZE_MISMATCH"],
  ] as const)("what has another size than was listed is refused, with the checksums %o", async ([checksums, code]) => {
    const { s3, failure } = await setUp();
    s3.putObject("models", "m/a", "bytes", { checksums });
    s3.injectInList({ kind: "size", text: "4" });
    expect(await failure("s3://models/m/")).toMatchObject({ code });
  });

  test("an object that is replaced after it was listed is listed again", async () => {
    const { s3, plan } = await setUp();
    s3.putObject("models", "m/a", "old", { checksums: ["sha256"] });
    s3.inject({
      kind: "latency",
      ms: 0,
      times: 1,
      when({ method }) {
        if (method === "HEAD") s3.putObject("models", "m/a", "newer", { checksums: ["sha256"] });
        return method === "HEAD";
      },
    });
    expect((await plan("s3://models/m/")).files).toMatchObject([
      { sizeBytes: 5, digest: `sha256:${hash("sha256", "newer")}` },
    ]);
  });
});

/** `models.localhost` is not a name everywhere. */
const lookup: NonNullable<S3FetcherOptions["lookup"]> = (_host, _options, callback) =>
  callback(null, [{ address: "127.0.0.1", family: 4 }]);
