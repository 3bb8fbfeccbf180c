import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { sha256Of } from "../../../tools/fault-server/src/index.ts";
import { openSetting } from "./testing/setting.ts";

const mebibyte = 1024 * 1024;
const content = { sizeBytes: 40 * mebibyte, seed: 1 };

interface Said {
  readonly receivedBytes?: number;
  readonly localPath?: string;
  readonly failed?: string;
}

test("killed with -9 in the middle, and gone on with by another process", { timeout: 60_000 }, async () => {
  const setting = await openSetting();
  onTestFinished(() => setting[Symbol.asyncDispose]());
  const { s3, home } = setting;
  vi.stubEnv("AWS_ENDPOINT_URL_S3", s3.origin);
  vi.stubEnv("AWS_ACCESS_KEY_ID", s3.credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", s3.credentials.secretAccessKey);
  s3.putObject("models", "model.gguf", content);
  const throttle = s3.inject({ kind: "throttle", bytesPerSecond: 80 * mebibyte });
  const cacheDir = join(home, "cache");
  const run = async (killAtBytes: number): Promise<Said | undefined> => {
    const child = fork(join(import.meta.dirname, "testing/ensure-process.ts"), [cacheDir, "s3://models/model.gguf"], {
      execArgv: [],
    });
    let last: Said | undefined;
    child.on("message", (said: Said) => {
      last = said;
      if ((said.receivedBytes ?? 0) >= killAtBytes) child.kill("SIGKILL");
    });
    await once(child, "exit");
    return last;
  };
  expect(await run(20 * mebibyte)).toMatchObject({ receivedBytes: expect.any(Number) });
  expect(await readdir(join(cacheDir, "models"), { recursive: true }).catch(() => [])).not.toContain("model.gguf");
  const sent = s3.bodyBytesSent;
  throttle.withdraw();
  const done = await run(Infinity);
  expect(done).toMatchObject({ localPath: expect.stringMatching(/model\.gguf$/) });
  expect(
    createHash("sha256")
      .update(await readFile(done?.localPath ?? ""))
      .digest("hex"),
  ).toBe(sha256Of(content));
  expect(s3.bodyBytesSent - sent).toBeLessThan(36 * mebibyte);
});
