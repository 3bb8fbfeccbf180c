import { chmod, mkdtemp, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseHfCliOptions } from "../hf-cli-options.ts";
import { pathOf } from "../testing/bench.ts";
import { type FakeCli, fakeCli } from "../testing/fake-cli.ts";
import { chooseCli } from "./choose-cli.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(await realpath(tmpdir()), "choose-cli-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

const never = new AbortController().signal;

/** What newer releases install under the old name. */
const stub = `process.stderr.write("Warning: \`huggingface-cli\` is deprecated and no longer works. Use \`hf\` instead.\\n"); process.exit(1);`;

function make(place: string, options: Parameters<typeof fakeCli>[1] = {}): Promise<FakeCli> {
  return fakeCli(join(folder, place), options);
}

const choose = (path: string, executable?: string): ReturnType<typeof chooseCli> =>
  chooseCli(parseHfCliOptions({ env: { PATH: path }, ...(executable !== undefined && { executable }) }), never);

describe("which CLI is used", () => {
  test("hf before huggingface-cli, also where PATH has the other one first", async () => {
    const old = await make("a", { name: "huggingface-cli", version: "0.36.0" });
    const hf = await make("b", { version: "0.36.0" });
    expect(await choose(pathOf(old, hf))).toEqual({ path: hf.path, version: [0, 36, 0] });
  });

  test("the first one that works: a stub, another program and one that is too old are passed over", async () => {
    const other = await make("a", { script: `console.log("hf - a tool for hybrid fonts, version 3.1");` });
    const old = await make("b", { version: "0.24.9" });
    const stubbed = await make("c", { name: "huggingface-cli", script: stub });
    const good = await make("d", { name: "huggingface-cli", version: "0.33.4" });
    expect(await choose(pathOf(other, old, stubbed, good))).toEqual({ path: good.path, version: [0, 33, 4] });
  });

  test.each([
    ["0.25.0", "huggingface-cli"],
    ["1.4.1", "hf"],
    ["1.5.0", "hf"],
    ["3.0.0", "hf"],
  ])("a release %s, by whatever question it answers", async (version, name) => {
    const cli = await make("a", { name, version });
    expect(await choose(pathOf(cli))).toEqual({ path: cli.path, version: version.split(".").map(Number) });
  });

  test("the one that was named, and no other", async () => {
    const onPath = await make("a");
    const named = await make("b", { name: "my-hf", version: "1.33.0" });
    expect((await choose(pathOf(onPath), named.path)).path).toBe(named.path);
    await expect(choose(pathOf(onPath), join(folder, "absent"))).rejects.toMatchObject({ code: "HF_CLI_MISSING" });
  });

  test("none is looked for in folders that PATH names by a relative path", async () => {
    await make("a");
    await expect(choose("a:.:")).rejects.toMatchObject({ code: "HF_CLI_MISSING" });
  });
});

describe("when there is none", () => {
  test("the error says what to install, and what else would do", async () => {
    const error: unknown = await choose(folder).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "HF_CLI_MISSING", category: "cannot-serve" });
    for (const way of ["uv tool install", "pipx install", "pip install", "@llama-orch/fetcher-hf", "file:"])
      expect(error).toMatchObject({ hint: expect.stringContaining(way) });
  });

  test("a file that may not be run, and a folder of that name, are none", async () => {
    await writeFile(join(folder, "hf"), "#!/bin/sh\necho 2.4.0\n");
    await chmod(join(folder, "hf"), 0o644);
    await make("huggingface-cli/x");
    await expect(choose(folder)).rejects.toMatchObject({ code: "HF_CLI_MISSING" });
  });

  test("that can be used, the error says of each why not", async () => {
    const old = await make("a", { version: "0.17.3" });
    const stubbed = await make("b", { name: "huggingface-cli", script: stub });
    await expect(choose(pathOf(old, stubbed))).rejects.toMatchObject({
      code: "HF_CLI_UNSUPPORTED",
      category: "cannot-serve",
      facts: {
        found: [
          { path: old.path, reason: expect.stringContaining("0.17.3") },
          { path: stubbed.path, reason: expect.stringContaining("no longer works") },
        ],
      },
    });
  });

  test("because its Python lacks something, the error says what", async () => {
    const torn = await make("a", {
      script: `console.error("Traceback (most recent call last):\\n  File x\\nModuleNotFoundError: No module named 'click'"); process.exit(1)`,
    });
    const error: unknown = await choose(pathOf(torn)).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ message: expect.stringContaining("No module named 'click'") });
  });

  test("because it cannot be started, too", async () => {
    await writeFile(join(folder, "hf"), "#!/no/such/interpreter\n");
    await chmod(join(folder, "hf"), 0o755);
    await expect(choose(folder)).rejects.toMatchObject({ code: "HF_CLI_UNSUPPORTED" });
  });
});

describe("an executable is asked for its version", () => {
  test("once, for as long as the file is the same", async () => {
    const cli = await make("a");
    await choose(pathOf(cli));
    await choose(pathOf(cli));
    expect(await cli.calls()).toHaveLength(1);
  });

  test("again when it was replaced, or written to", async () => {
    const cli = await make("a", { version: "1.33.0" });
    await choose(pathOf(cli));
    const updated = await make("a", { version: "2.4.0" });
    await utimes(updated.path, 1, 1);
    expect((await choose(pathOf(updated))).version).toEqual([2, 4, 0]);
  });

  test("and an abort ends that, with its reason", async () => {
    const controller = new AbortController();
    const cli = await make("a", {
      script: `setInterval(() => {}, 1000); require("node:fs").writeFileSync(${JSON.stringify(join(folder, "asked"))}, "");`,
    });
    const settings = parseHfCliOptions({ env: { PATH: pathOf(cli) } });
    const choosing = chooseCli(settings, controller.signal).catch((error: unknown) => error);
    await expect.poll(async () => (await cli.calls()).length, { timeout: 10_000 }).toBe(1);
    const reason = { because: "enough" };
    controller.abort(reason);
    expect(await choosing).toBe(reason);
  });
});
