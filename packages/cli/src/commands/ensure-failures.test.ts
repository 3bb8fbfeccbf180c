import { chmod, readdir } from "node:fs/promises";
import { execa } from "execa";
import { describe, expect } from "vitest";
import { command, test } from "../testing/place.ts";

const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const zeros = `sha256:${"0".repeat(64)}`;
const isRoot = process.getuid?.() === 0;
const isWindows = process.platform === "win32";

describe("ensure fails", () => {
  test("in two lines, one of what and one of what to do, and with nothing on stdout", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("ensure", "absent.gguf");
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(stderr).toMatch(/^error: There is no file at .*absent\.gguf\.\nhint: [^\n]+\n$/);
  });

  test("with --json as one object on stderr", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("ensure", "absent.gguf", "--json");
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
    expect(JSON.parse(stderr)).toEqual({
      error: {
        code: "FILE_NOT_FOUND",
        message: expect.stringContaining("absent.gguf"),
        hint: expect.any(String),
        reference: "absent.gguf",
        correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  test("with the reference that it is about, redacted", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const references = ["gs://bucket/a", "absent.gguf", "ftp://user:pa55word@host.example/b?token=s3cr3t"];
    const { stderr } = await place.run("ensure", ...references, "--quiet");
    const lines = stderr.split("\n").filter((line) => line.startsWith("error: "));
    expect(lines).toEqual([
      expect.stringMatching(/^error: gs:\/\/bucket\/a: No fetcher /),
      expect.stringMatching(/^error: absent\.gguf: There is no file /),
      expect.stringMatching(/^error: ftp:\/\/.*host\.example\/b.*: No fetcher /),
    ]);
    expect(stderr).not.toMatch(/pa55word|s3cr3t/);
    expect((await place.run("ensure", "gs://bucket/a", "--quiet")).stderr).toMatch(
      /^error: gs:\/\/bucket\/a: No fetcher /,
    );

    const json = await place.run("ensure", ...references, "--json", "--quiet", "--correlation-id", "call-7");
    const failures = json.stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown);
    expect(failures).toMatchObject([
      { error: { code: "NO_FETCHER", reference: "gs://bucket/a", correlationId: "call-7" } },
      { error: { code: "FILE_NOT_FOUND", reference: "absent.gguf", correlationId: "call-7" } },
      { error: { code: "NO_FETCHER", reference: expect.stringContaining("host.example/b"), correlationId: "call-7" } },
    ]);
    expect(json.stderr).not.toMatch(/pa55word|s3cr3t/);
  });

  test("with the words of the command line for an option that is wrong", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const correlation = await place.run("ensure", "model.gguf", "--correlation-id", "a b");
    expect(correlation.stderr).toContain('"a b" is not a value for --correlation-id.');
    const digest = await place.run("ensure", "model.gguf", "--digest", abc.slice(7));
    expect(digest.stderr).toContain(`hint: Write ${abc}.`);
  });

  test("with what to do about a model that is not the one that was vouched for", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", "--digest", abc);
    await place.file("model.gguf", "other bytes");
    const { exitCode, stderr } = await place.run("ensure", "model.gguf", "--quiet");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^hint: .*the new digest with --digest, or forget the record: model-provisioner rm ID\.$/m);
  });

  test("with 2 for an empty HOME that the cache, or the model, depends on", async ({ place }) => {
    const env = { HOME: "", MODEL_PROVISIONER_CACHE: "", XDG_CACHE_HOME: "" };
    await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.runWith(env, "ensure", "model.gguf");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: .*HOME.*\nhint: .*HOME.*--cache-dir/);
    expect(await readdir(place.folder)).toEqual(["model.gguf"]);
    expect(await place.runWith({ HOME: "" }, "ensure", "model.gguf")).toMatchObject({ exitCode: 0 });
    const tilde = await place.runWith({ HOME: "" }, "ensure", "~/model.gguf");
    expect(tilde.exitCode).toBe(2);
    expect(tilde.stderr).toMatch(/^hint: Set HOME /m);
  });

  test.skipIf(isWindows)("with 2 in a working folder that was deleted", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const refusal: unknown = expect.stringMatching(/^error: .*The working folder is gone.*\nhint: [^\n]+$/);
    const cases = [
      { args: ["ensure", "model.gguf", "--cache-dir", place.cache], exitCode: 2, stderr: refusal },
      { args: ["ensure", path, "--cache-dir", "relative"], exitCode: 2, stderr: refusal },
      { args: ["ensure", path, "--cache-dir", place.cache, "--quiet"], exitCode: 0, stderr: "" },
    ];
    for (const { args, ...expected } of cases) {
      const script = 'mkdir gone && cd gone && rmdir "$PWD" && exec "$@"';
      const outcome = await execa("sh", ["-c", script, "sh", process.execPath, command, ...args], {
        cwd: place.folder,
        reject: false,
      });
      expect({ args, exitCode: outcome.exitCode, stderr: outcome.stderr }).toEqual({ args, ...expected });
    }
  });

  test("with 2 for what is no reference, no digest or no value", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const wrong: readonly (readonly string[])[] = [
      [""],
      ["hf:/repo"],
      ["model.gguf", "--digest", "sha256:abc"],
      ["model.gguf", "--digest", "md5:900150983cd24fb0d6963f7d28e17f72"],
      ["model.gguf", "--digest", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
      ["model.gguf", "--digest="],
      ["model.gguf", "model.gguf", "--digest", abc],
      ["model.gguf", "--correlation-id", "two words"],
    ];
    for (const args of wrong) {
      const { exitCode, stdout, stderr } = await place.run("ensure", ...args);
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 2, stdout: "" });
      expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    }
  });

  test("with 4 for other bytes, with both digests, and registers nothing", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.run("ensure", "model.gguf", "--digest", zeros, "--quiet");
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
    expect(stderr).toContain(zeros);
    expect(stderr).toContain(abc);
    expect((await place.run("list", "--quiet")).stdout).toBe("");
  });

  test("with 5 for a scheme that nobody serves, and names those that are served", async ({ place }) => {
    const { exitCode, stderr } = await place.run("ensure", "gs://bucket/model.gguf");
    expect(exitCode).toBe(5);
    expect(stderr).toContain("configured: file:, hf:, http:, https:, oci:, s3:.");
    expect(stderr).toContain("A program can add a fetcher for it");
  });

  test.skipIf(isWindows)("with 2 for a FIFO, without waiting for a writer", async ({ place }) => {
    await execa("mkfifo", [place.at("pipe")]);
    const { exitCode, stderr } = await place.run("ensure", "pipe");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("is a FIFO");
  });

  test("with 2 for a cache folder that is a file", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const cacheDir = await place.file("cache-file", "");
    const { exitCode, stdout, stderr } = await place.run("ensure", "model.gguf", "--cache-dir", "cache-file");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(`${cacheDir} is not a folder`);
  });

  // Root may write everywhere, except where the kernel itself says no.
  test.skipIf(isWindows || (isRoot && process.platform !== "linux"))(
    "with 7 for a read-only cache",
    async ({ place }) => {
      await place.file("model.gguf", "abc");
      await chmod(place.folder, 0o555);
      const { exitCode, stdout, stderr } = await place.run(
        "ensure",
        "model.gguf",
        "--cache-dir",
        isRoot ? "/sys/cache" : "cache",
      );
      await chmod(place.folder, 0o755);
      expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "" });
      expect(stderr).toMatch(/hint: Give this user write permission on the cache folder/);
    },
  );

  test.skipIf(isWindows || isRoot)("with 7 for a file that may not be read", async ({ place }) => {
    await chmod(await place.file("model.gguf", "abc"), 0);
    expect(await place.run("ensure", "model.gguf", "--quiet")).toMatchObject({ exitCode: 7, stdout: "" });
  });
});
