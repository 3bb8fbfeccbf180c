import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { catalogDocuments, newerDocument, type Place, sawOnStderr, test } from "../testing/place.ts";

const zeros = `sha256:${"0".repeat(64)}`;
const copy = ["--stage", "copy", "--quiet"] as const;

describe("gc", () => {
  test("removes what nobody needs, a line for each thing, and leaves what is in use", async ({ place }) => {
    const path = await everyKindOfGarbage(place);
    const { exitCode, stdout, stderr } = await place.run("gc", "--grace-hours", "0");
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: "freed 21 B (4 things); the cache takes 6 B now\n",
    });
    expect(stdout.trimEnd().split("\n").sort()).toEqual([
      expect.stringMatching(/^blob +9 B {2}blobs\/sha256\/[0-9a-f]{2}\/[0-9a-f]{64}$/),
      expect.stringMatching(/^damaged +0 B {2}damaged\/[^ ]+$/),
      expect.stringMatching(/^damaged +8 B {2}damaged\/[^ ]+$/),
      expect.stringMatching(/^version +4 B {2}models\/[^ ]*model\.gguf-[^ ]+$/),
    ]);
    expect((await place.run("path", "model.gguf")).stdout).toBe(`${path}\n`);
    expect((await place.run("verify", "model.gguf")).stdout).toMatch(/^intact /);
    const again = await place.run("gc", "--grace-hours", "0");
    expect(again).toEqual({ exitCode: 0, stdout: "", stderr: "nothing to remove; the cache takes 6 B\n" });
  });

  test("--dry-run says the same, and changes nothing", async ({ place }) => {
    await everyKindOfGarbage(place);
    const before = await place.tree();
    const dry = await place.run("gc", "--grace-hours", "0", "--dry-run");
    expect(dry.stderr).toBe("would free 21 B (4 things); the cache would take 6 B then\n");
    const json = await place.run("gc", "--grace-hours", "0", "--dry-run", "--json", "--max-size", "0");
    expect(json.exitCode).toBe(0);
    expect(await place.tree()).toEqual(before);
    expect(await place.run("gc", "--grace-hours", "0")).toMatchObject({ exitCode: 0, stdout: dry.stdout });
  });

  test("leaves alone for a day what someone may be about to use, unless it is told otherwise", async ({ place }) => {
    await everyKindOfGarbage(place);
    const before = await place.tree();
    for (const grace of [[], ["--grace-hours", "24"], ["--grace-hours", "0.5"]]) {
      const { exitCode, stdout, stderr } = await place.run("gc", ...grace, "--dry-run");
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
      expect(stderr).toBe(`nothing to remove that is older than ${grace[1] ?? "24"} h; the cache takes 27 B\n`);
    }
    expect(await place.tree()).toEqual(before);
  });

  test("--json prints an object for each thing, and a last one with the totals", async ({ place }) => {
    await refusedContent(place);
    const { stdout, stderr } = await place.run("gc", "--grace-hours", "0", "--json", "--quiet");
    expect(stderr).toBe("");
    expect(jsonLines(stdout)).toEqual([
      { kind: "blob", path: expect.stringMatching(/^blobs\/sha256\//), bytes: 9 },
      { cacheDir: place.cache, dryRun: false, removed: 1, freedBytes: 9, keptBytes: 0, overBytes: 0, skipped: [] },
    ]);
    const [totals] = jsonLines((await place.run("gc", "--json", "--dry-run")).stdout);
    expect(totals).toMatchObject({ dryRun: true, removed: 0, freedBytes: 0 });
  });

  test("an arrival that broke off goes as well", async ({ place }) => {
    await place.sparseFile("huge.gguf", 2 * 1024 ** 3);
    const running = place.start("ensure", "huge.gguf", "--stage", "copy", "--log-format", "json");
    await sawOnStderr(running, '"fetch-progress"');
    running.kill("SIGINT");
    expect((await running).exitCode).not.toBe(0);
    expect((await place.run("list")).stdout).toBe("");
    const { exitCode, stdout } = await place.run("gc", "--grace-hours", "0", "--quiet");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ingest {2}[^\n]+ {2}ingest\/[0-9a-f-]+\n$/);
    expect(await readdir(join(place.cache, "ingest"))).toEqual([]);
  });

  test("of a cache that is not there yet there is nothing to remove, and it is not made", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("gc", "--max-size", "0", "--grace-hours", "0");
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "nothing to remove; the cache takes 0 B\n",
    });
    expect(await readdir(place.folder)).toEqual([]);
  });

  test("what it leaves alone is told, with the reason", async ({ place }) => {
    await refusedContent(place);
    await mkdir(join(place.cache, "models", "mine"), { recursive: true });
    const { exitCode, stdout, stderr } = await place.run("gc", "--grace-hours", "0");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^blob /);
    expect(stderr).toContain("left alone: models/mine (nothing that this program puts there)\n");
    const [totals] = jsonLines((await place.run("gc", "--json", "--quiet")).stdout);
    expect(totals).toMatchObject({ skipped: [{ path: "models/mine", reason: "unknown" }] });
  });

  test("a model whose record cannot be read stays, and the hint says what to do", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", ...copy);
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, "torn");
    const { exitCode, stdout, stderr } = await place.run("gc", "--grace-hours", "0", "--max-size", "0");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toMatch(/^warning: models\/[^ ]+ is left alone: .*\nhint: model-provisioner doctor /m);
    expect(stderr).toContain("what is left is in use, or younger than the grace period, or was left alone");
  });
});

describe("gc, of a record that a newer version wrote", () => {
  test("leaves its model alone, and says that a newer version can read it", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", ...copy);
    const [document = ""] = await catalogDocuments(place);
    await writeFile(document, newerDocument);
    const before = await place.tree();
    const { exitCode, stdout, stderr } = await place.run("gc", "--grace-hours", "0", "--max-size", "0");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toContain("hint: Use the newer version that wrote it");
    expect(stderr).toMatch(/^warning: models\/[^ ]+ is left alone: /m);
    expect(stderr).not.toContain("error:");
    const [totals] = jsonLines((await place.run("gc", "--grace-hours", "0", "--json", "--quiet")).stdout);
    expect(totals).toMatchObject({ skipped: [{ reason: "unreadable" }] });
    expect((await place.tree()).filter((line) => line.includes("/models/"))).toEqual(
      before.filter((line) => line.includes("/models/")),
    );
  });
});

describe("gc --max-size", () => {
  test("removes retired models, those first that were not used for longest, and says which", async ({ place }) => {
    for (const name of ["a", "b", "c"]) {
      await place.file(name, `model ${name}`);
      await place.run("ensure", name, ...copy);
    }
    for (const name of ["a", "b"]) await place.run("retire", name);
    const { exitCode, stdout, stderr } = await place.run("gc", "--max-size", "14B");
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `retired      7 B  file:${place.at("a")}\n`,
      stderr: "freed 7 B (1 retired model); the cache takes 14 B now\n",
    });
    expect((await place.run("list", "--json")).stdout.match(/"id"/g)).toHaveLength(2);
  });

  test("warns, and exits with 0, where only models in use are left", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf", ...copy);
    const { exitCode, stdout, stderr } = await place.run("gc", "--max-size", "1B");
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toMatch(
      /^warning: The cache takes 3 B, which is 2 B more than 1 B: .*\nhint: Retire models .*usage shows[^\n]+\n$/m,
    );
    const [totals] = jsonLines((await place.run("gc", "--max-size", "1B", "--json", "--quiet")).stdout);
    expect(totals).toMatchObject({ keptBytes: 3, overBytes: 2 });
    expect((await place.run("path", "model.gguf")).exitCode).toBe(0);
  });
});

describe("wrong usage of gc", () => {
  test.for([
    [["--max-size", "lots"], '"lots" is not a value for --max-size.'],
    [["--max-size", "5G"], "Write 50GB, 500MB or 1.5TB"],
    [["--max-size", ""], "Write 50GB, 500MB or 1.5TB"],
    [["--max-size", "-1GB"], '"-1GB" is not a value'],
    [["--max-size", "9".repeat(30)], "is too large for --max-size."],
    [["--max-size"], "--max-size needs a value."],
    [["--grace-hours", "-1"], '"-1" is not a value for --grace-hours.'],
    [["--grace-hours", "1d"], "Write a number of hours, 0 or more"],
    [["--grace-hours", "1e300"], '"1e300" is not a value'],
    [["everything"], "gc takes no operand"],
    [["--force"], "There is no option --force here."],
  ] as const)("%j exits with 2, and removes nothing", async ([args, text], { place }) => {
    await refusedContent(place);
    const before = await place.tree();
    const { exitCode, stdout, stderr } = await place.run("gc", ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toContain(text);
    expect(await place.tree()).toEqual(before);
  });
});

/**
 * Refused content (9 B), an outdated version (4 B), a damaged model (8 B, moved aside), and a model in use (6 B).
 * @returns the path of the model in use.
 */
async function everyKindOfGarbage(place: Place): Promise<string> {
  await refusedContent(place);
  await place.file("model.gguf", "1234");
  await place.run("ensure", "model.gguf", ...copy);
  await place.file("model.gguf", "123456");
  const { stdout } = await place.run("ensure", "model.gguf", "--refresh", ...copy);
  await place.file("damaged.gguf", "12345678");
  const damaged = (await place.run("ensure", "damaged.gguf", ...copy)).stdout.trim();
  await chmod(damaged, 0o644);
  await writeFile(damaged, "1234567X");
  expect((await place.run("verify", "damaged.gguf", "--repair")).exitCode).toBe(4);
  return stdout.trim();
}

/** Bytes that arrived, and were not what was asked for: 9 B. */
async function refusedContent(place: Place): Promise<void> {
  await place.file("refused.gguf", "123456789");
  expect((await place.run("ensure", "refused.gguf", "--digest", zeros, ...copy)).exitCode).toBe(4);
}

function jsonLines(text: string): unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
