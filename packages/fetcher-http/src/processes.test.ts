import { expect, test } from "vitest";
import { sha256Of } from "../../../tools/fault-server/src/index.ts";
import { ensureInProcess, type EnsuringProcess } from "./testing/ensuring-process.ts";
import { mebibyte, openSetting, type Setting, sha256OfFile, visibleFiles } from "./testing/setting.ts";

const path = "/model.gguf";
const content = { sizeBytes: 16 * mebibyte, seed: "processes" };

test("the first of two processes is killed: the second goes on from what it left", { timeout: 60_000 }, async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  const stall = setting.server.inject({
    kind: "stall",
    afterBytes: 10 * mebibyte,
    when: ({ method }) => method === "GET",
  });
  const first = ensureInProcess(setting.cacheDir, setting.server.origin + path);
  await first.saying(({ receivedBytes = 0 }) => receivedBytes >= 9 * mebibyte);
  const second = ensureInProcess(setting.cacheDir, setting.server.origin + path);
  await second.saying(({ event }) => event === "wait-started");
  stall.withdraw();
  first.child.kill("SIGKILL");
  await expectDone(second, setting);
  const requests = setting.server.requests.filter(({ method }) => method === "GET");
  expect(requests).toHaveLength(2);
  expect(requests[1]?.range?.from).toBeGreaterThanOrEqual(8 * mebibyte);
});

test(
  "the first is stopped, and goes on when the second has published: both have the right bytes",
  { timeout: 60_000 },
  async () => {
    await using setting = await openSetting();
    setting.server.put(path, { content });
    const stall = setting.server.inject({
      kind: "stall",
      afterBytes: 10 * mebibyte,
      times: 1,
      when: ({ method }) => method === "GET",
    });
    const first = ensureInProcess(setting.cacheDir, setting.server.origin + path);
    await first.saying(({ receivedBytes = 0 }) => receivedBytes >= 9 * mebibyte);
    first.child.kill("SIGSTOP");
    const second = ensureInProcess(setting.cacheDir, setting.server.origin + path, 500);
    const published = await expectDone(second, setting);
    first.child.kill("SIGCONT");
    stall.withdraw();
    await expectDone(first, setting);
    // What was published is not touched by whoever was stopped.
    expect(await sha256OfFile(published)).toBe(sha256Of(content));
    expect(await visibleFiles(setting.cacheDir)).toEqual(["model.gguf"]);
  },
);

test("many processes, one transfer", { timeout: 60_000 }, async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 8 * mebibyte });
  const all = Array.from({ length: 6 }, () => ensureInProcess(setting.cacheDir, setting.server.origin + path));
  for (const each of all) await expectDone(each, setting);
  // With what was on its way on connections that others took over from.
  expect(setting.server.bodyBytesSent).toBeLessThan(1.6 * content.sizeBytes);
  expect(setting.server.requests.filter(({ method }) => method === "HEAD")).toHaveLength(1);
});

async function expectDone(running: EnsuringProcess, setting: Setting): Promise<string> {
  const done = await running.saying(({ localPath, failed }) => localPath !== undefined || failed !== undefined);
  await running.ended;
  expect(done).toMatchObject({ localPath: expect.stringContaining(setting.cacheDir) });
  expect(await sha256OfFile(done?.localPath ?? "")).toBe(sha256Of(content));
  return done?.localPath ?? "";
}
