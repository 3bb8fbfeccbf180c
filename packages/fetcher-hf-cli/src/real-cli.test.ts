import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { hubCases, type HubRun, openRun, startModelHub, weights } from "../../../tools/hf-suite/src/index.ts";
import { executableOf, type RealCli, realClis, type Release, releases } from "../../../tools/real-hf-cli/src/index.ts";
import { rateLimited, startTestHub, type TestHub } from "../../../tools/test-hub/src/index.ts";
import { hfCliFetcher } from "./hf-cli-fetcher.ts";

let hub: TestHub;
let clis: ReadonlyMap<Release, RealCli>;

beforeAll(async () => {
  clis = await realClis();
}, 600_000);

beforeEach(async () => {
  hub = await startModelHub();
});

/** Of the CLI of a release. */
async function openCliRun(release: Release, more: Readonly<Record<string, string>> = {}): Promise<HubRun> {
  const open = (env: Readonly<Record<string, string>>): ReturnType<typeof hfCliFetcher> =>
    hfCliFetcher({ env, killAfterMs: 500 });
  const run = await openRun(hub, open, { PATH: binOf(release), ...more });
  const ended = hub;
  onTestFinished(async () => {
    await ended[Symbol.asyncDispose]();
    await run[Symbol.asyncDispose]();
  });
  return run;
}

function binOf(release: Release): string {
  const cli = clis.get(release);
  if (cli?.type !== "here") throw new Error(cli?.reason ?? "not set up");
  return cli.bin;
}

/** The CLI itself, to fill its cache with. */
async function downloadBy(release: Release, run: HubRun, ...what: readonly string[]): Promise<void> {
  const executable = executableOf(release, { bin: binOf(release) });
  await execa(executable, ["download", ...what, "--quiet"], { env: run.env, extendEnv: false });
}

describe.each(releases)("huggingface_hub %s", { timeout: 120_000 }, (release) => {
  const real = test.extend<{ run: HubRun }>({
    run: async ({ skip }, use) => {
      const cli = clis.get(release);
      if (cli?.type === "absent" && process.env["REQUIRE_REAL"] !== "1") skip(cli.reason);
      await use(await openCliRun(release));
    },
  });

  hubCases(real, () => hub);

  real("an abort leaves no process behind", async ({ run }) => {
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
    await downloadBy(release, run, "org/model", "model-q4.gguf");
    const before = hub.requests.filter(({ server }) => server === "cdn").length;
    expect(before).toBeGreaterThan(0);
    await run.fetch("hf:org/model/model-q4.gguf");
    expect(hub.requests.filter(({ server }) => server === "cdn")).toHaveLength(before);
    expect((await run.read("model-q4.gguf")).length).toBe(weights.length + 2);
  });

  real("what it has of another version is not taken for what the Hub has", async ({ run }) => {
    const repository = hub.addRepository("org/moving", { files: { "model.gguf": "old bytes" } });
    await downloadBy(release, run, "org/moving", "model.gguf");
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
      const run = await openCliRun(release, { HF_ENDPOINT });
      return [code, (await run.failure("hf:org/model/config.json")).code];
    });
    for (const { release, outcome } of outcomes) expect([release, outcome[1]]).toEqual([release, outcome[0]]);
  });

  real(
    "neither what its cache has of a branch, nor what an earlier attempt has left, passes for what the Hub has",
    async () => {
      const outcomes = await inEveryRelease(["cached", "left"] as const, async (release, kind) => {
        const run = await openCliRun(release);
        if (kind === "cached") await downloadBy(release, run, "org/model", "model-q4.gguf");
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

afterAll(() => {
  clis = new Map();
});
