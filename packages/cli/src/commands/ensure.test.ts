import { mkdir, readdir, utimes } from "node:fs/promises";
import { describe, expect } from "vitest";
import { test } from "../testing/place.ts";

/** sha256 of "abc" and of "abd". */
const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const abd = "sha256:a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9";

describe("ensure", () => {
  test("prints the path and a newline, and nothing else, on stdout", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const first = await place.run("ensure", "model.gguf", "--digest", abc);
    expect(first).toMatchObject({ exitCode: 0, stdout: `${path}\n` });
    expect(first.stderr.split("\n")).toEqual([
      `ensuring file:${path} (1 file, 3 B)`,
      expect.stringMatching(/^ready: file:.* \(verified, \d+ ms\)$/),
      "",
    ]);
    const again = await place.run("ensure", `file:${path}`);
    expect(again).toEqual({
      exitCode: 0,
      stdout: `${path}\n`,
      stderr: `ready: file:${path} (already here, verified)\n`,
    });
  });

  test("--quiet says nothing on stderr", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    expect(await place.run("ensure", "model.gguf", "--quiet")).toEqual({
      exitCode: 0,
      stdout: `${path}\n`,
      stderr: "",
    });
  });

  test("--json prints one object a reference, with all figures", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const { exitCode, stdout } = await place.run("ensure", "./model.gguf", "--digest", abc, "--json");
    expect(exitCode).toBe(0);
    expect(stdout.endsWith("}\n")).toBe(true);
    expect(JSON.parse(stdout)).toEqual({
      id: `file:${path}`,
      localPath: path,
      digest: abc,
      sizeBytes: 3,
      trust: "verified",
      cached: false,
      stagedBytes: 0,
      durationMs: expect.any(Number),
      verification: { outcome: "pass", expected: abc, actual: abc },
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const again = await place.run("ensure", "./model.gguf", "--json", "--correlation-id", "call-7");
    expect(JSON.parse(again.stdout)).toMatchObject({ cached: true, trust: "verified", correlationId: "call-7" });
  });

  test("without a digest nothing is compared, and the report says so", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const { stdout } = await place.run("ensure", "model.gguf", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      trust: "unverified",
      verification: { outcome: "skipped" },
      digest: abc,
    });
  });

  test("tries every reference, and exits with the code of the first failure", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.run(
      "ensure",
      "absent.gguf",
      "hf:org/repo",
      "model.gguf",
      "--quiet",
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: `${path}\n` });
    expect(stderr.match(/^error: /gm)).toHaveLength(2);
    expect(stderr.match(/^hint: /gm)).toHaveLength(2);
  });

  test("a folder of files is a model, too", async ({ place }) => {
    await mkdir(place.at("sharded"));
    await place.file("sharded/a", "abc");
    await place.file("sharded/b", "abd");
    const listing = await place.run("digest", "sharded", "--listing");
    expect(listing.stdout).toBe(`${abc.slice(7)}  a\n${abd.slice(7)}  b\n`);
    const digest = (await place.run("digest", "sharded")).stdout.trim();
    expect(await place.run("ensure", "sharded", "--digest", digest, "--quiet")).toEqual({
      exitCode: 0,
      stdout: `${place.at("sharded")}\n`,
      stderr: "",
    });
  });

  test("--on-mismatch warn serves other bytes, says so, and keeps both values", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const { exitCode, stdout, stderr } = await place.run(
      "ensure",
      path,
      "--digest",
      abd,
      "--on-mismatch",
      "warn",
      "--json",
    );
    expect(exitCode).toBe(0);
    const verification = { outcome: "warn", expected: abd, actual: abc };
    expect(JSON.parse(stdout)).toMatchObject({ verification, digest: abc, sizeBytes: 3, trust: "unverified" });
    expect(stderr).toContain(`warning: file:${path} has another digest than expected: expected ${abd}, got ${abc}.`);
    expect(stderr.trimEnd().split("\n").at(-1)).toBe(`ready: file:${path} (with another digest than expected)`);
  });

  test("a vouched file that has changed is told with its own digest and size under warn", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    await place.run("ensure", path, "--digest", abc);
    await place.file("model.gguf", "changed");
    await utimes(path, 1_000_000_000, 1_000_000_000);
    const { stdout } = await place.run("ensure", path, "--on-mismatch", "warn", "--json");
    const digest = (await place.run("digest", path)).stdout.trim();
    expect(JSON.parse(stdout)).toMatchObject({ digest, sizeBytes: 7, trust: "unverified" });
    const known = await place.run("ensure", path, "--on-mismatch", "warn", "--json");
    expect(JSON.parse(known.stdout)).toMatchObject({ digest, sizeBytes: 7, trust: "unverified", cached: true });
  });

  test("--verify always hashes again", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const { stderr } = await place.run("ensure", "model.gguf", "--verify", "always", "--log-format", "json");
    expect(eventTypes(stderr)).toContain("hash-progress");
  });

  test("--refresh asks the source again", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const { stderr } = await place.run("ensure", "model.gguf", "--refresh", "--log-format", "json");
    expect(eventTypes(stderr)).toContain("plan-made");
  });

  test("--log-format json prints every event as a line, and each carries the correlation id", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const { stderr } = await place.run("ensure", "model.gguf", "--log-format", "json", "--correlation-id", "c-1");
    const types = eventTypes(stderr);
    expect(types[0]).toBe("ensure-started");
    expect(types.at(-1)).toBe("ensure-finished");
    for (const event of jsonLines(stderr))
      expect(event).toMatchObject({ correlationId: "c-1", id: expect.any(String) });
  });

  test("--dry-run says what would be done, and does not do it", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    expect(await place.run("ensure", "model.gguf", "--dry-run")).toEqual({
      exitCode: 0,
      stdout: `file:${path} would be hashed and registered where it lies: 1 file, 3 B\n`,
      stderr: "",
    });
    expect(await readdir(place.folder)).toEqual(["model.gguf"]);
    const json = await place.run("ensure", "model.gguf", "--dry-run", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: `file:${path}`,
      dryRun: true,
      present: false,
      location: "external",
      sizeBytes: 3,
      files: [{ path: "model.gguf", sizeBytes: 3 }],
    });
    await place.run("ensure", "model.gguf");
    const present = await place.run("ensure", "model.gguf", "--dry-run", "--json");
    expect(JSON.parse(present.stdout)).toEqual({ id: `file:${path}`, dryRun: true, present: true, localPath: path });
  });

  test("--dry-run tells of a digest that speaks against the record, unless that is accepted", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    const args = ["ensure", "model.gguf", "--dry-run", "--digest", abd];
    const { exitCode, stdout } = await place.run(...args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`; it would fail unless the source has ${abd}, since ${abc} is on record\n`);
    const json = await place.run(...args, "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ present: false, conflict: { expected: abd, recorded: abc } });
    expect((await place.run(...args, "--on-mismatch", "warn")).stdout).not.toContain("would fail");
  });

  test("--offline serves and registers what is on this machine, and fails for what is not", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const present = { exitCode: 0, stdout: `${path}\n`, stderr: "" };
    expect(await place.run("ensure", "model.gguf", "--offline", "--quiet")).toEqual(present);
    expect(await place.run("ensure", "model.gguf", "--offline", "--quiet")).toEqual(present);
    const absent = await place.run("ensure", "absent.gguf", "--offline", "--quiet");
    expect(absent).toMatchObject({ exitCode: 3, stdout: "" });
    expect(absent.stderr).toContain("There is no file at");
  });

  test("a relative --cache-dir is taken from the working folder, and wins over the environment", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", "--cache-dir", "other");
    expect((await readdir(place.folder)).sort()).toEqual(["model.gguf", "other"]);
  });

  test("a path goes into a pipe byte for byte, also one that a terminal would obey", async ({ place }) => {
    const path = await place.file("a model \u{1f600} ümlaut.gguf", "abc");
    expect((await place.run("ensure", path, "--quiet")).stdout).toBe(`${path}\n`);
  });
});

function jsonLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}

function eventTypes(stderr: string): string[] {
  return jsonLines(stderr).map((event) => (event as { type: string }).type);
}
