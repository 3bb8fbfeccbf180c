import { createHook } from "node:async_hooks";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile, sha256 } from "./testing/files.ts";
import { openSetting } from "./testing/setting.ts";

/** Node's names for what opens a socket, asks for an address, or starts a process. */
const outward = /^(?:TCP|TLS|PIPE|UDP|PROCESS|GETADDRINFO|GETNAMEINFO|QUERY|HTTP|DNS)/;

/** Everything of that kind that `run` makes this process create. */
async function outwardResources(run: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const hook = createHook({ init: (_id, type) => void (outward.test(type) && seen.push(type)) }).enable();
  try {
    await run();
  } finally {
    hook.disable();
  }
  return seen;
}

test("fileOnly opens no socket and starts no process, whatever it is asked for (defect 8)", async () => {
  await using setting = await openSetting();
  await placeFile(setting.sources, "model.gguf", "abc");
  // Large enough to be hashed in a thread of its own.
  await placeFile(setting.sources, "large.gguf", "x".repeat(1_000_000));
  const provisioner = ModelProvisioner.fileOnly(setting.cacheDir, { cwd: setting.sources });
  expect(provisioner.network).toBe(false);
  expect(provisioner.schemes).toEqual(["file"]);

  const seen = await outwardResources(async () => {
    await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await provisioner.ensurePresentStr("model.gguf", sha256("abc"));
    await provisioner.ensurePresentStr("model.gguf", undefined, { refresh: true, verify: "always" });
    await provisioner.ensurePresentStr(".");
    for (const reference of [
      "hf:org/repo",
      "https://localhost/x",
      "s3://b/k",
      "oci://r/n:t",
      "some:thing",
    ] as string[]) {
      await expect(provisioner.ensurePresentStr(reference)).rejects.toMatchObject({ code: "NO_FETCHER" });
    }
  });
  expect(seen).toEqual([]);
});

test.skipIf(process.platform === "win32")(
  "defects 8, 20 and 21: nor does it run a Hugging Face CLI that is on the PATH, nor change the environment",
  async () => {
    await using setting = await openSetting();
    const mark = join(setting.root, "was-run");
    for (const name of ["hf", "huggingface-cli"]) {
      await writeFile(join(setting.sources, name), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
    }
    vi.stubEnv("PATH", setting.sources);
    const environment = { ...process.env };
    const provisioner = ModelProvisioner.fileOnly(setting.cacheDir);
    const reference: string = "hf:org/repo/model.gguf";
    await expect(provisioner.ensurePresentStr(reference)).rejects.toMatchObject({ code: "NO_FETCHER" });
    await expect(stat(mark)).rejects.toMatchObject({ code: "ENOENT" });
    expect(process.env).toEqual(environment);
    // The mark would have been seen.
    await promisify(execFile)("hf", [], { env: { PATH: `${setting.sources}:/usr/bin:/bin` } });
    await expect(stat(mark)).resolves.toBeDefined();
  },
);

test("the proof above would see a socket and a process", async () => {
  const seen = await outwardResources(async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const socket = connect(address.port, "127.0.0.1");
    await once(socket, "connect");
    socket.destroy();
    server.close();
    await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  });
  expect(seen).toEqual(expect.arrayContaining([expect.stringMatching(/^TCP/), expect.stringMatching(/^PROCESS/)]));
});
