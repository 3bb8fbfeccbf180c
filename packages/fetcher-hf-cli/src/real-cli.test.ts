import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type FetchContext,
  type FetchedArtifact,
  type Ingest,
  type ModelError,
  parseModelRef,
} from "@llama-orch/catalog-core";
import { fetchContext, tempIngest } from "@llama-orch/contract-tests";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { rateLimited, startTestHub, type TestHub } from "../../../tools/test-hub/src/index.ts";
import { hfCliFetcher } from "./hf-cli-fetcher.ts";
import { modelFailure } from "./testing/model-failure.ts";
import { type RealCli, realCli, type Release, releases } from "./testing/real-clis.ts";

const reader = "hf_readerreaderreaderreaderreader";
const stranger = "hf_strangerstrangerstrangerstrang";
const weights = Buffer.alloc(300_000, "weights ");

let hub: TestHub;
let clis: ReadonlyMap<Release, RealCli>;

beforeAll(async () => {
  const made: [Release, RealCli][] = [];
  // Two at a time, as the machine has cores: most of it is unpacking.
  for (let next = 0; next < releases.length; next += 2) {
    const some = releases.slice(next, next + 2);
    made.push(
      ...(await Promise.all(
        some.map(async (release): Promise<[Release, RealCli]> => [release, await realCli(release)]),
      )),
    );
  }
  clis = new Map(made);
}, 600_000);

beforeEach(async () => {
  hub = await startTestHub();
  hub.addToken(reader, { user: "reader", canRead: ["org/private", "org/gated"] });
  hub.addToken(stranger, { user: "stranger", canRead: [] });
  const files = {
    "README.md": "# A model\n",
    "config.json": "{}",
    "sub/folder/model.safetensors": weights,
    "model-q4.gguf": Buffer.concat([weights, Buffer.from("q4")]),
    "model-fp16.gguf": "fp16",
  };
  hub.addRepository("org/model", { files, branches: { "refs/pr/1": { "config.json": "[1]" } }, tags: ["v1"] });
  hub.addRepository("org/private", { files: { "model.gguf": "private" }, private: true });
  hub.addRepository("org/gated", { files: { "model.gguf": "gated" }, gated: "manual" });
  hub.addRepository("org/disabled", { files: { "model.gguf": "disabled" }, disabled: true });
});

interface Run {
  readonly ingest: Ingest;
  readonly env: Record<string, string>;
  fetch(reference: string, context?: Partial<FetchContext>): Promise<FetchedArtifact>;
  failure(reference: string, context?: Partial<FetchContext>): Promise<ModelError>;
  read(path: string): Promise<Buffer>;
}

/** One ingest, and one home for the CLI, which may stay from one fetch to the next. */
async function openRun(release: Release, more: Readonly<Record<string, string>> = {}): Promise<Run> {
  const cli = clis.get(release);
  if (cli?.type !== "here") throw new Error(cli?.reason ?? "not set up");
  const home = await mkdtemp(join(await realpath(tmpdir()), "real-cli-"));
  const { ingest, dispose } = await tempIngest();
  const ended = hub;
  onTestFinished(async () => {
    await ended[Symbol.asyncDispose]();
    await dispose();
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });
  const env = {
    PATH: cli.bin,
    HOME: home,
    HF_HOME: join(home, "hf"),
    HF_ENDPOINT: hub.endpoint,
    HF_HUB_DISABLE_XET: "1",
    ...more,
  };
  const fetch: Run["fetch"] = async (reference, context) => {
    const fetcher = hfCliFetcher({ env, killAfterMs: 500 });
    const plan = await fetcher.plan(parseModelRef(reference), fetchContext(context));
    return fetcher.fetch(plan, ingest, fetchContext(context));
  };
  return {
    ingest,
    env,
    fetch,
    failure: (reference, context) => modelFailure(fetch(reference, context)),
    read: async (path) => readFile((await ingest.target(path)).path),
  };
}

describe.each(releases)("huggingface_hub %s", { timeout: 120_000 }, (release) => {
  const real = test.extend<{ run: Run }>({
    run: async ({ skip }, use) => {
      const cli = clis.get(release);
      if (cli?.type === "absent" && process.env["REQUIRE_REAL"] !== "1") skip(cli.reason);
      await use(await openRun(release));
    },
  });

  real("a file of large storage: its bytes, compared, of the commit", async ({ run }) => {
    const { commit } = hub.addRepository("org/one", { files: { "dir/model.gguf": weights } });
    const fetched = await run.fetch("hf:org/one/dir/model.gguf");
    expect(fetched).toMatchObject({ revision: commit, movedBytes: weights.length });
    expect(fetched.files).toMatchObject([{ path: "dir/model.gguf", sizeBytes: weights.length, sourceChecked: true }]);
    expect((await run.read("dir/model.gguf")).equals(weights)).toBe(true);
  });

  real("a small file, compared by its git name", async ({ run }) => {
    const fetched = await run.fetch("hf:org/model/config.json");
    expect(fetched.files).toMatchObject([{ path: "config.json", sourceChecked: true }]);
    expect(String(await run.read("config.json"))).toBe("{}");
  });

  real("a whole repository, and nothing of the CLI's own", async ({ run }) => {
    const { files, plan, revision } = await run.fetch("hf:org/model");
    expect(revision).toMatch(/^[0-9a-f]{40}$/);
    const paths = ["README.md", "config.json", "model-fp16.gguf", "model-q4.gguf", "sub/folder/model.safetensors"];
    expect(plan?.files.map(({ path }) => path)).toEqual(paths);
    expect(files.every(({ sourceChecked }) => sourceChecked === true)).toBe(true);
    expect((await run.read("sub/folder/model.safetensors")).equals(weights)).toBe(true);
  });

  real("what patterns select, several of each kind", async ({ run }) => {
    const { files } = await run.fetch("hf:org/model?include=*.gguf&include=*.json&exclude=*fp16*&exclude=*nothing*");
    expect(files.map(({ path }) => path)).toEqual(["config.json", "model-q4.gguf"]);
    expect(await run.failure("hf:org/model?include=*.onnx")).toMatchObject({ code: "HF_FILE_NOT_FOUND" });
  });

  real("a branch with a slash, a tag, and a commit that is no longer the newest", async ({ run }) => {
    await run.fetch("hf:org/model@refs%2Fpr%2F1/config.json");
    expect(String(await run.read("config.json"))).toBe("[1]");
    const repository = hub.addRepository("org/moving", { files: { "config.json": "old" }, tags: ["v1"] });
    const { commit } = repository;
    repository.commitFiles({ "config.json": "new" });
    for (const revision of ["v1", commit]) {
      expect((await run.fetch(`hf:org/moving@${revision}/config.json`)).revision).toBe(commit);
      expect(String(await run.read("config.json"))).toBe("old");
    }
  });

  real("a private repository needs its token, which goes to the Hub alone", async ({ run }) => {
    expect(await run.failure("hf:org/private/model.gguf")).toMatchObject({ code: "HF_REPOSITORY_NOT_FOUND" });
    run.env["HF_TOKEN"] = reader;
    await run.fetch("hf:org/private/model.gguf");
    expect(String(await run.read("model.gguf"))).toBe("private");
    const toCdn = hub.requests.filter(({ server }) => server === "cdn");
    expect(toCdn.length).toBeGreaterThan(0);
    expect(toCdn.filter(({ headers }) => headers.authorization !== undefined)).toEqual([]);
  });

  real("a token is found where the CLI finds it: in its home, or where HF_TOKEN_PATH says", async ({ run }) => {
    const home = String(run.env["HF_HOME"]);
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "token"), reader);
    await run.fetch("hf:org/private/model.gguf");
    await rename(join(home, "token"), join(home, "elsewhere"));
    expect(await run.failure("hf:org/private/model.gguf")).toMatchObject({ code: "HF_REPOSITORY_NOT_FOUND" });
    run.env["HF_TOKEN_PATH"] = join(home, "elsewhere");
    await run.fetch("hf:org/private/model.gguf");
    expect(String(await run.read("model.gguf"))).toBe("private");
  });

  real("a gated repository says where to ask for access, and is fetched by whom it was granted to", async ({ run }) => {
    const page = `${hub.endpoint}/org/gated`;
    for (const token of [undefined, stranger]) {
      if (token !== undefined) run.env["HF_TOKEN"] = token;
      const error = await run.failure("hf:org/gated/model.gguf");
      expect(error).toMatchObject({ code: "HF_GATED", facts: { accessUrl: page } });
      expect(error.hint).toContain(page);
    }
    run.env["HF_TOKEN"] = reader;
    await run.fetch("hf:org/gated/model.gguf");
    expect(String(await run.read("model.gguf"))).toBe("gated");
  });

  real.for([
    ["hf:org/absent/model.gguf", "HF_REPOSITORY_NOT_FOUND"],
    ["hf:org/absent", "HF_REPOSITORY_NOT_FOUND"],
    ["hf:org/model/absent.gguf", "HF_FILE_NOT_FOUND"],
    ["hf:org/model@absent/config.json", "HF_REVISION_NOT_FOUND"],
    ["hf:org/model@absent", "HF_REVISION_NOT_FOUND"],
    ["hf:org/disabled/model.gguf", "HF_REPOSITORY_DISABLED"],
  ] as const)("%s is %s", async ([reference, code], { run }) => {
    expect(await run.failure(reference)).toMatchObject({ code });
  });

  real("a token that the Hub does not know is HF_TOKEN_INVALID, and is not told", async ({ run }) => {
    const token = "hf_unknownunknownunknownunknownunk";
    run.env["HF_TOKEN"] = token;
    const error = await run.failure("hf:org/model/config.json");
    expect(error).toMatchObject({ code: "HF_TOKEN_INVALID" });
    expect(JSON.stringify(error)).not.toContain(token);
  });

  real("HF_HUB_OFFLINE is respected, and said", async ({ run }) => {
    run.env["HF_HUB_OFFLINE"] = "1";
    expect(await run.failure("hf:org/model/config.json")).toMatchObject({ code: "HF_OFFLINE" });
    expect(hub.requests).toEqual([]);
  });

  real("bytes that were changed on the way are HF_CONTENT_MISMATCH", async ({ run }) => {
    hub.inject({ kind: "corrupt", atByte: 1_000, when: ({ server }) => server === "cdn" });
    const error = await run.failure("hf:org/model/model-q4.gguf");
    expect(error).toMatchObject({ code: "HF_CONTENT_MISMATCH", facts: { path: "model-q4.gguf" } });
  });

  real("an abort ends the CLI", async ({ run }) => {
    const stall = hub.inject({ kind: "stall", afterBytes: 100_000, when: ({ server }) => server === "cdn" });
    const controller = new AbortController();
    const fetching = run
      .fetch("hf:org/model/model-q4.gguf", { signal: controller.signal })
      .catch((error: unknown) => error);
    await Promise.race([stall.acted, fetching]);
    const reason = { because: "enough" };
    controller.abort(reason);
    expect(await fetching).toBe(reason);
    const { stdout } = await execa("ps", ["-eo", "args"]);
    expect(stdout).not.toContain(run.ingest.directory);
  });

  // From 1.18 on, each try of the CLI has a partial file of its own, which no later one goes on with.
  const goesOn = !["1.33.0", "2.4.0"].includes(release);
  real(`a file that broke off is ${goesOn ? "gone on with" : "begun anew"}`, async ({ run }) => {
    const sizeBytes = 40_000_000;
    hub.addRepository("org/large", { files: { "model.gguf": { sizeBytes, seed: 1 } } });
    const stall = hub.inject({
      kind: "stall",
      afterBytes: 25_000_000,
      times: 1,
      when: ({ server }) => server === "cdn",
    });
    const controller = new AbortController();
    // Seen by the fetch itself: what has not been written when it ends is lost.
    const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
      if (receivedBytes >= 10_000_000) void stall.acted.then(() => controller.abort("enough"));
    };
    expect(await run.fetch("hf:org/large/model.gguf", { signal: controller.signal, onProgress }).catch(String)).toBe(
      "enough",
    );
    const { reusedBytes } = await run.fetch("hf:org/large/model.gguf");
    const [last] = hub.requests.filter(({ server, method }) => server === "cdn" && method === "GET").slice(-1);
    expect(last?.headers.range !== undefined).toBe(goesOn);
    expect(reusedBytes > 0).toBe(goesOn);
  });

  real("what its own cache has is not fetched again", async ({ run }) => {
    await execa(executableOf(release), ["download", "org/model", "model-q4.gguf", "--quiet"], {
      env: run.env,
      extendEnv: false,
    });
    const before = hub.requests.filter(({ server }) => server === "cdn").length;
    expect(before).toBeGreaterThan(0);
    await run.fetch("hf:org/model/model-q4.gguf");
    expect(hub.requests.filter(({ server }) => server === "cdn")).toHaveLength(before);
    expect((await run.read("model-q4.gguf")).length).toBe(weights.length + 2);
  });

  real("what it has of another version is not taken for what the Hub has", async ({ run }) => {
    const repository = hub.addRepository("org/moving", { files: { "model.gguf": "old bytes" } });
    await execa(executableOf(release), ["download", "org/moving", "model.gguf", "--quiet"], {
      env: run.env,
      extendEnv: false,
    });
    const commit = repository.commitFiles({ "model.gguf": "new bytes" });
    expect(await run.fetch("hf:org/moving/model.gguf")).toMatchObject({ revision: commit });
    expect(String(await run.read("model.gguf"))).toBe("new bytes");
  });
});

describe("when the Hub fails", { timeout: 180_000 }, () => {
  const real = test.extend<{ skipped: void }>({
    skipped: [
      async ({ skip }, use) => {
        const absent = [...clis.values()].find((cli) => cli.type === "absent");
        if (absent?.type === "absent" && process.env["REQUIRE_REAL"] !== "1") skip(absent.reason);
        await use();
      },
      { auto: true },
    ],
  });

  // The CLI tries again for half a minute: all of them at once.
  real("429 is HF_RATE_LIMITED, 503 and a closed port are HF_NETWORK, in every release", async () => {
    await using limited = await startTestHub();
    await using broken = await startTestHub();
    limited.inject(rateLimited(1));
    broken.inject({ kind: "status", status: 503 });
    const endpoints = [
      [limited.endpoint, "HF_RATE_LIMITED"],
      [broken.endpoint, "HF_NETWORK"],
      ["http://127.0.0.1:9", "HF_NETWORK"],
    ] as const;
    const outcomes = await inEveryRelease(endpoints, async (release, [HF_ENDPOINT, code]) => {
      const run = await openRun(release, { HF_ENDPOINT });
      return [code, (await run.failure("hf:org/model/config.json")).code];
    });
    for (const { release, outcome } of outcomes) expect([release, outcome[1]]).toEqual([release, outcome[0]]);
  });

  real(
    "neither what its cache has of a branch, nor what an earlier attempt has left, passes for what the Hub has",
    async () => {
      const outcomes = await inEveryRelease(["cached", "left"] as const, async (release, kind) => {
        const run = await openRun(release, { HF_ENDPOINT: hub.endpoint });
        if (kind === "cached")
          await execa(executableOf(release), ["download", "org/model", "model-q4.gguf", "--quiet"], {
            env: run.env,
            extendEnv: false,
          });
        else await leaveWhole(run.ingest.directory);
        run.env["HF_ENDPOINT"] = "http://127.0.0.1:9";
        return [kind, (await run.failure("hf:org/model/model-q4.gguf")).code];
      });
      for (const { release, outcome } of outcomes) {
        expect([release, ...outcome]).toEqual([release, outcome[0], "HF_NETWORK"]);
      }
    },
  );
});

/** A whole file of large storage, as an attempt leaves it that was killed just after. */
async function leaveWhole(ingest: string): Promise<void> {
  const attempt = join(ingest, ".hf-cli-000000000000", "files");
  const notes = join(attempt, ".cache", "huggingface", "download");
  await mkdir(notes, { recursive: true });
  await writeFile(join(attempt, "model-q4.gguf"), "stale");
  await writeFile(join(notes, "model-q4.gguf.metadata"), `${"a".repeat(40)}\n${"b".repeat(64)}\n1\n`);
}

function inEveryRelease<Case, Outcome>(
  cases: readonly Case[],
  play: (release: Release, one: Case) => Promise<Outcome>,
): Promise<readonly { readonly release: Release; readonly outcome: Outcome }[]> {
  const all = releases.flatMap((release) => cases.map((one) => ({ release, one })));
  return Promise.all(all.map(async ({ release, one }) => ({ release, outcome: await play(release, one) })));
}

/** The CLI itself, to fill its cache with. */
function executableOf(release: Release): string {
  const cli = clis.get(release);
  return join(cli?.type === "here" ? cli.bin : "", release.startsWith("0.") ? "huggingface-cli" : "hf");
}

afterAll(() => {
  clis = new Map();
});
