import { execFile } from "node:child_process";
import { open, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { hash } from "node:crypto";
import { promisify } from "node:util";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashFile } from "./hash-file.ts";
import { takePlace } from "./hash-pool.ts";
import { RunningHash } from "./running-hash.ts";

let folder: string;
let path: string;
/** All that this process has started, so those that wait in the pool too. */
const workers: Worker[] = [];
process.on("worker", (worker) => workers.push(worker));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hashing-"));
  path = join(folder, "file");
  await writeFile(path, "");
  await truncate(path, 40_000_000);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("an error of the operating system keeps its code on the way between threads", async () => {
  await using file = await open(folder);
  using place = takePlace();
  const request = { job: place.job, type: "update", algorithms: ["sha256"], source: file.fd, from: 0, to: 10 } as const;
  expect(await place.ask(request)).toMatchObject({ failed: { code: "EISDIR" } });

  const running = new RunningHash({ path: folder, fd: file.fd }, ["sha256"]);
  await expect(running.update(10, () => true)).rejects.toMatchObject({
    code: "FILE_NOT_REGULAR",
    facts: { path: folder, systemCode: "EISDIR" },
  });
  running.end();
});

test("a worker that dies fails its jobs, and the next job gets a new one", async () => {
  const running = Array.from({ length: 12 }, () =>
    hashFile(path, { onProgress: () => workers.forEach((worker) => void worker.terminate()) }),
  );
  const outcomes = await Promise.all(running.map((hashing) => hashing.catch((error: unknown) => error)));
  const failed = outcomes.filter((outcome) => outcome instanceof Error);
  expect(failed).not.toHaveLength(0);
  for (const error of failed) {
    expect(error).toMatchObject({ code: "FILE_IO", message: expect.stringContaining("the hashing thread has ended") });
  }

  expect((await hashFile(path)).digests).toEqual([`sha256:${hash("sha256", Buffer.alloc(40_000_000))}`]);
});

test("an aborted job does not wait for those before it", async () => {
  const busy = Array.from({ length: 4 * availableParallelism() }, () => takePlace());
  await using file = await open(path);
  const part = { type: "update", algorithms: ["sha256"], source: file.fd, from: 0, to: 8_000_000 } as const;
  const order: string[] = [];
  const answers = busy.map(({ job, ask }) => ask({ job, ...part }).then(() => order.push("busy")));
  using last = takePlace();
  const withdrawn = last.ask({ job: last.job, ...part, from: 5 }).then((reply) => {
    order.push("withdrawn");
    return reply;
  });
  last.withdraw();
  expect(await withdrawn).toEqual({ job: last.job, hashedTo: 5 });
  await Promise.all(answers);
  expect(order.indexOf("withdrawn")).toBe(0);
  for (const place of busy) place[Symbol.dispose]();
});

test("a worker takes over nothing that the process was started with", async () => {
  const script = `
    import { hashFile } from ${JSON.stringify(new URL("index.ts", import.meta.url))};
    console.log((await hashFile(process.argv[1])).sizeBytes);`;
  const shout = (text: string): string => `data:text/javascript,console.log('${text}')`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", shout("argument"), "--input-type=module", "--eval", script, path],
    { env: { NODE_OPTIONS: `--import ${shout("option")}` } },
  );
  // Each once: by the main thread.
  expect(stdout.trim().split("\n")).toEqual(["option", "argument", "40000000"]);
});
