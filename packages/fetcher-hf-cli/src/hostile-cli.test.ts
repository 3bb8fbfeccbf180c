import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseCli } from "./cli/choose-cli.ts";
import { parseHfCliOptions } from "./hf-cli-options.ts";
import type { Behaviour } from "./testing/fake-cli.ts";
import { openBench } from "./testing/bench.ts";

const model = "hf:org/repo/model.gguf";

describe("exit code 0, and", () => {
  test.each<[string, Behaviour, string]>([
    ["nothing was done", () => {}, "HF_CLI_RESULT_WRONG"],
    ["another folder is named", ({ succeed }) => succeed("/etc"), "HF_CLI_RESULT_WRONG"],
    ["a path is named that does not exist", ({ succeed }) => succeed("/does/not/exist"), "HF_CLI_RESULT_WRONG"],
    [
      "another file came",
      ({ put, succeed }) => {
        put("other.gguf", "abc");
        succeed();
      },
      "HF_CLI_RESULT_WRONG",
    ],
    [
      "a file came without the CLI's note: it was found there, and the Hub was not asked",
      ({ folder, fs, succeed }) => {
        fs.writeFileSync(`${folder}/model.gguf`, "abc");
        succeed();
      },
      "HF_CLI_RESULT_WRONG",
    ],
    [
      "a note came that says nothing",
      ({ put, succeed, note }) => {
        put("model.gguf", "abc");
        note("model.gguf", "main", "");
        succeed();
      },
      "HF_CLI_RESULT_WRONG",
    ],
    [
      "a link came",
      ({ folder, fs, note, succeed }) => {
        fs.symlinkSync("/etc/hostname", `${folder}/model.gguf`);
        note("model.gguf", "a".repeat(40), "b".repeat(64));
        succeed();
      },
      "HF_CLI_RESULT_WRONG",
    ],
    [
      "a FIFO came",
      ({ folder, child, note, succeed }) => {
        child.execFileSync("/usr/bin/mkfifo", [`${folder}/model.gguf`]);
        note("model.gguf", "a".repeat(40), "b".repeat(64));
        succeed();
      },
      "HF_CLI_RESULT_WRONG",
    ],
  ])("%s", async (_, download, code) => {
    await using bench = await openBench({ download });
    expect(await bench.failure(model)).toMatchObject({ code });
    expect(existsSync((await bench.ingest.target("model.gguf")).path)).toBe(false);
  });

  test("what it prints is in colours: the file is what counts", async () => {
    await using bench = await openBench({
      download({ put, folder }) {
        put("model.gguf", "abc");
        process.stdout.write(`\u001B[32m✓ Downloaded\u001B[0m\n  path: \u001B[1m${folder}\u001B[0m\n`);
      },
    });
    expect((await bench.fetch(model)).files).toHaveLength(1);
  });
});

describe("another exit code", () => {
  test("after the result was printed is a success, if the files are there", async () => {
    await using bench = await openBench({
      download({ put, succeed }) {
        put("model.gguf", "abc");
        succeed();
        process.exitCode = 1;
      },
    });
    expect((await bench.fetch(model)).files).toHaveLength(1);
  });

  test("before that is a failure, whatever is there", async () => {
    await using bench = await openBench({
      download({ put }) {
        put("model.gguf", "abc");
        process.stderr.write("Traceback (most recent call last):\nZeroDivisionError: division by zero\n");
        process.exitCode = 1;
      },
    });
    const error = await bench.failure(model);
    expect(error).toMatchObject({ code: "HF_CLI_FAILED", facts: { exitCode: 1 } });
    expect(error.message).toContain("ZeroDivisionError: division by zero");
  });

  test("with 100 MB of stderr is told by its last lines", async () => {
    await using bench = await openBench({
      download() {
        const chunk = "x".repeat(1023).concat("\n").repeat(1024);
        let left = 100;
        const write = (): void => {
          while (left > 0) {
            left -= 1;
            if (!process.stderr.write(chunk)) return void process.stderr.once("drain", write);
          }
          process.exitCode = 1;
          process.stderr.write("Error: Repository not found.\n");
        };
        write();
      },
    });
    const error = await bench.failure(model);
    expect(error.code).toBe("HF_REPOSITORY_NOT_FOUND");
    expect(JSON.stringify(error).length).toBeLessThan(10_000);
  });

  test("by a signal names it", async () => {
    await using bench = await openBench({ download: () => process.kill(process.pid, "SIGSEGV") });
    expect(await bench.failure(model)).toMatchObject({ code: "HF_CLI_FAILED", facts: { signal: "SIGSEGV" } });
  });
});

test("a question gets no answer: the CLI reads the end of its input", async () => {
  await using bench = await openBench({
    download({ put, succeed }) {
      process.stderr.write("Do you want to update? [y/N] ");
      let answer = "";
      process.stdin.on("data", (chunk) => (answer += String(chunk)));
      process.stdin.on("end", () => {
        put("model.gguf", `answered: ${answer}`);
        succeed();
      });
    },
  });
  await bench.fetch(model);
  expect(await readFile((await bench.ingest.target("model.gguf")).path, "utf8")).toBe("answered: ");
});

describe.skipIf(process.platform === "win32")("a CLI that hangs", () => {
  /** Starts a process that ignores to be asked to end, notes down both, and waits for ever. */
  const hangs: Behaviour = ({ folder, fs, child, hang }) => {
    process.on("SIGTERM", () => {});
    const helper = child.spawn("/bin/sh", ["-c", "trap '' TERM; while :; do sleep 1; done"], { stdio: "ignore" });
    fs.writeFileSync(`${folder}/../../../pids`, `${process.pid} ${helper.pid}`);
    fs.writeFileSync(`${folder}/part`, "ab");
    return hang();
  };

  test("is ended when nothing has come for too long, with all that it has started", async () => {
    await using bench = await openBench({ download: hangs }, { stallTimeoutMs: 5_000, killAfterMs: 50 });
    expect(await bench.failure(model)).toMatchObject({ code: "HF_CLI_STALLED", category: "network" });
    await expectNobody(join(bench.ingest.directory, "..", "pids"));
  });

  test("as good as, since its line drips, is ended as well", async () => {
    await using bench = await openBench(
      {
        download({ folder, fs }) {
          setInterval(() => fs.appendFileSync(`${folder}/part`, "drop"), 20);
        },
      },
      { stallTimeoutMs: 1_000, killAfterMs: 50 },
    );
    expect(await bench.failure(model)).toMatchObject({ code: "HF_CLI_STALLED" });
  });

  test("is ended by an abort, with all that it has started, and the reason is thrown as it is", async () => {
    await using bench = await openBench({ download: hangs }, { killAfterMs: 50 });
    const controller = new AbortController();
    const reason = Object.freeze({ because: "the caller changed its mind" });
    const pids = join(bench.ingest.directory, "..", "pids");
    const outcome = await bench
      .fetch(model, { signal: controller.signal, onProgress: () => controller.abort(reason) })
      .catch((error: unknown) => error);
    expect(outcome).toBe(reason);
    await expectNobody(pids);
  });
});

/** That none of the processes that are named in this file runs any more. */
async function expectNobody(pids: string): Promise<void> {
  const all = (await readFile(pids, "utf8")).split(" ");
  expect(all).toHaveLength(2);
  expect(all.filter(runs)).toEqual([]);
}

/** A dead process that its parent has not asked for yet runs no more. */
function runs(pid: string): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

describe.skipIf(process.platform === "win32")("a CLI that leaves somebody behind who holds its output", () => {
  test("in its group: that one is ended, and what was brought counts", async () => {
    await using bench = await openBench(
      {
        download({ put, succeed, child, fs, folder }) {
          const helper = child.spawn("/bin/sh", ["-c", "sleep 600"], { stdio: "inherit" });
          fs.writeFileSync(`${folder}/../../../pids`, `${process.pid} ${helper.pid}`);
          put("model.gguf", "abc");
          succeed();
          process.exit(0);
        },
      },
      { stallTimeoutMs: 20_000 },
    );
    expect((await bench.fetch(model)).files).toHaveLength(1);
    await expectNobody(join(bench.ingest.directory, "..", "pids"));
  });

  test("out of its group: nobody waits for that one", async () => {
    await using bench = await openBench({
      download({ put, succeed, child, fs, folder }) {
        const helper = child.spawn("/bin/sleep", ["600"], { stdio: "inherit", detached: true });
        fs.writeFileSync(`${folder}/../../../helper`, String(helper.pid));
        put("model.gguf", "abc");
        succeed();
        process.exit(0);
      },
    });
    expect((await bench.fetch(model)).files).toHaveLength(1);
    process.kill(Number(await readFile(join(bench.ingest.directory, "..", "helper"), "utf8")), "SIGKILL");
  });
});

describe("a repository", () => {
  test.each<[string, Behaviour]>([
    [
      "with files where the CLI keeps its notes is refused, and not brought without them",
      ({ put, succeed }) => {
        put("a.bin", "a");
        put(".cache/huggingface/x.bin", "x");
        succeed();
      },
    ],
    [
      "that would write the CLI's notes for it is refused",
      ({ put, succeed }) => {
        put("a.bin", "a");
        put(".cache/huggingface/download/b.bin.metadata", "x");
        succeed();
      },
    ],
  ])("%s", async (_, download) => {
    await using bench = await openBench({ download });
    expect(await bench.failure("hf:org/repo")).toMatchObject({
      code: "HF_CLI_RESULT_WRONG",
      facts: { path: expect.stringContaining(".cache/huggingface/") },
    });
  });

  test.each([[["A.bin", "a.bin"]], [["sub/\u00e9.bin", "sub/e\u0301.bin"]], [["a\\b.bin"]], [["a\tb.bin"]]])(
    "that has %j is refused before it is hashed, and the error names them",
    async (paths) => {
      await using bench = await openBench({
        download({ fs, put, succeed }) {
          const names = JSON.parse(fs.readFileSync(`${process.argv[1]}.paths`, "utf8")) as string[];
          for (const name of names) put(name, "x");
          succeed();
        },
      });
      await writeFile(`${bench.cli.path}.paths`, JSON.stringify(paths));
      const error = await bench.failure("hf:org/repo");
      expect(error).toMatchObject({ code: "HF_PATHS_UNSUPPORTED", category: "usage" });
      expect((error.facts["paths"] as string[]).toSorted()).toEqual([...paths].toSorted());
    },
  );
});

test("a program that prints its environment is not given the token, and nothing secret of it is shown", async () => {
  const env = { HF_TOKEN: "an-unusual-token-0123456789", HTTPS_PROXY: "http://me:proxy-password@proxy.example:1" };
  await using bench = await openBench({ script: "console.log(JSON.stringify(process.env))" }, { env });
  const error = await bench.failure(model);
  expect(error.code).toBe("HF_CLI_UNSUPPORTED");
  for (const secret of ["an-unusual-token", "proxy-password"])
    expect(JSON.stringify(error) + error.message).not.toContain(secret);
  for (const call of await bench.cli.calls()) expect(JSON.stringify(call.env)).not.toContain("an-unusual-token");
});

test("a CLI that compares file after file with what the Hub has is alive, though nothing more comes", async () => {
  await using bench = await openBench(
    {
      download({ folder, fs, put, note, sha256, succeed }) {
        for (let each = 0; each < 12; each += 1) fs.writeFileSync(`${folder}/${each}.bin`, "abc");
        let noted = 0;
        const noting = setInterval(() => {
          note(`${noted}.bin`, "a".repeat(40), sha256("abc"));
          noted += 1;
          if (noted < 12) return;
          clearInterval(noting);
          put("model.gguf", "abc");
          succeed();
        }, 200);
      },
    },
    { stallTimeoutMs: 1_500 },
  );
  expect((await bench.fetch(model)).files).toHaveLength(1);
});

test("many at once make Node warn of nothing", async () => {
  await using bench = await openBench({
    download({ put, succeed }) {
      put("model.gguf", "abc");
      succeed();
    },
  });
  const warnings: Error[] = [];
  const listener = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listener);
  const settings = parseHfCliOptions({ env: bench.env });
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 12 }, () => chooseCli(settings, signal)));
  process.off("warning", listener);
  expect(warnings).toEqual([]);
});

test("a Hub that lets it wait for too long is HF_RATE_LIMITED, and no standstill", async () => {
  await using bench = await openBench(
    {
      download({ hang }) {
        process.stderr.write(
          "HTTP Error 429 thrown while requesting HEAD http://h/x\nRate limited. Waiting 280.0s before retry [Retry 1/5].\n",
        );
        return hang();
      },
    },
    { stallTimeoutMs: 1_000 },
  );
  expect(await bench.failure(model)).toMatchObject({ code: "HF_RATE_LIMITED", facts: { retryAfterSeconds: 280 } });
});

test.skipIf(process.platform === "win32")("a caller that is ended by a signal takes its CLI with it", async () => {
  await using bench = await openBench({
    download({ fs, hang }) {
      fs.writeFileSync(`${process.argv[1]}.pids`, `${process.pid} ${process.ppid}`);
      return hang();
    },
  });
  const program = join(import.meta.dirname, "testing", "ensure-process.ts");
  const caller = spawn(process.execPath, [program, join(bench.folder, "cache"), bench.cli.folder, model], {
    stdio: "ignore",
  });
  const pids = `${bench.cli.path}.pids`;
  await expect.poll(() => existsSync(pids) && readFileSync(pids, "utf8") !== "", { timeout: 20_000 }).toBe(true);
  caller.kill("SIGTERM");
  await once(caller, "exit");
  await expect.poll(() => readFileSync(pids, "utf8").split(" ").filter(runs), { timeout: 10_000 }).toEqual([]);
});

describe("what an earlier attempt has left", () => {
  const earlier = ".hf-cli-0123456789ab";

  async function leave(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      const at = join(directory, earlier, "files", path);
      await mkdir(join(at, ".."), { recursive: true });
      await writeFile(at, content);
    }
  }

  /** Notes down what is there as a CLI does when the Hub says that it is right, and says what it has found. */
  const confirms: Behaviour = ({ folder, fs, put, note, sha256, succeed }) => {
    const found = fs.readdirSync(folder, { recursive: true }).map(String).sort();
    fs.writeFileSync(`${folder}/../../../found`, JSON.stringify(found));
    if (fs.existsSync(`${folder}/model.gguf`)) note("model.gguf", "a".repeat(40), sha256("abc"));
    else put("model.gguf", "abc");
    succeed();
  };

  const whole = {
    "model.gguf": "abc",
    ".cache/huggingface/download/model.gguf.metadata": `${"a".repeat(40)}\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n1\n`,
  };

  test("whole is put before the CLI without its note, so that the CLI compares it with what the Hub says", async () => {
    await using bench = await openBench({ download: confirms });
    await leave(bench.ingest.directory, whole);
    expect(await bench.fetch(model)).toMatchObject({ movedBytes: 0, reusedBytes: 3 });
    expect(await foundBy(bench.ingest.directory)).toEqual(["model.gguf"]);
    expect(await readdir(bench.ingest.directory)).toEqual(["model.gguf"]);
  });

  test("without a note is not: the CLI had not finished it", async () => {
    await using bench = await openBench({ download: confirms });
    await leave(bench.ingest.directory, { "model.gguf": "ab" });
    expect(await bench.fetch(model)).toMatchObject({ movedBytes: 3, reusedBytes: 0 });
    expect(await foundBy(bench.ingest.directory)).toEqual([]);
  });

  test("whole is still there for the third attempt when the second one could not ask the Hub", async () => {
    await using bench = await openBench({
      download({ folder, fs, note, sha256, succeed }) {
        if (fs.existsSync(`${process.argv[1]}.up`) && fs.existsSync(`${folder}/model.gguf`))
          note("model.gguf", "a".repeat(40), sha256("abc"));
        succeed();
      },
    });
    await leave(bench.ingest.directory, whole);
    expect(await bench.failure(model)).toMatchObject({ code: "HF_NETWORK" });
    await writeFile(`${bench.cli.path}.up`, "");
    expect(await bench.fetch(model)).toMatchObject({ movedBytes: 0, reusedBytes: 3 });
  });

  test("stays where it is while the CLI is offline", async () => {
    const env = { HF_HUB_OFFLINE: "1" };
    await using bench = await openBench(
      {
        download: ({ fs, folder }) =>
          fs.writeFileSync(`${process.argv[1]}.found`, String(fs.readdirSync(folder).length)),
      },
      { env },
    );
    await leave(bench.ingest.directory, whole);
    await bench.failure(model);
    expect(await readFile(`${bench.cli.path}.found`, "utf8")).toBe("0");
    expect(existsSync(join(bench.ingest.directory, earlier, "files", "model.gguf"))).toBe(true);
  });

  test("of a repository, and is no longer in it, is not part of it, and the rest is asked for once more", async () => {
    await using bench = await openBench({
      download({ folder, fs, put, succeed }) {
        // While a file is there that the Hub does not have, the CLI leaves out what it could not ask about.
        if (!fs.existsSync(`${folder}/model.gguf`)) put("b.bin", "b");
        put("a.bin", "a");
        succeed();
      },
    });
    await leave(bench.ingest.directory, whole);
    const { files } = await bench.fetch("hf:org/repo");
    expect(files.map(({ path }) => path)).toEqual(["a.bin", "b.bin"]);
    expect(await bench.cli.downloads()).toHaveLength(2);
  });

  const partial = ".cache/huggingface/download/name=.etag.incomplete";

  test.each([
    ["1.17.0", [".cache", ".cache/huggingface", ".cache/huggingface/download", partial]],
    ["1.18.0", []],
  ])("in part is put before a CLI that goes on with it: %s", async (version, found) => {
    await using bench = await openBench({ version, download: confirms });
    await leave(bench.ingest.directory, { [partial]: "ab" });
    await bench.fetch(model);
    expect(await foundBy(bench.ingest.directory)).toEqual(found);
  });

  test.skipIf(process.platform === "win32")(
    "in part is copied: whoever still writes it does not write into the model",
    async () => {
      await using bench = await openBench({
        version: "1.17.0",
        download({ folder, fs, note, sha256, succeed }) {
          const taken = `${folder}/.cache/huggingface/download/name=.etag.incomplete`;
          fs.appendFileSync(taken, "c");
          fs.renameSync(taken, `${folder}/model.gguf`);
          note("model.gguf", "a".repeat(40), sha256("abc"));
          succeed();
        },
      });
      await leave(bench.ingest.directory, { [partial]: "ab" });
      const { open } = await import("node:fs/promises");
      const orphan = await open(join(bench.ingest.directory, earlier, "files", partial), "r+");
      await bench.fetch(model);
      await orphan.write("XXX", 0);
      await orphan.close();
      expect(await readFile((await bench.ingest.target("model.gguf")).path, "utf8")).toBe("abc");
    },
  );

  async function foundBy(directory: string): Promise<unknown> {
    return JSON.parse(await readFile(join(directory, "..", "found"), "utf8"));
  }
});
