import { readdir } from "node:fs/promises";
import { describe, expect } from "vitest";
import { type Place, sawOnStderr, test } from "../testing/place.ts";

/** It takes no room on the disk, and more seconds to hash than a test may take. */
const hugeBytes = 20 * 1024 ** 3;

describe("ensure of a model that another process is bringing", () => {
  test("says for whom it waits", async ({ place }) => {
    await place.sparseFile("huge.gguf", hugeBytes);
    const first = place.start("ensure", "huge.gguf", "--log-format", "json");
    await sawOnStderr(first, '"hash-progress"');
    const second = place.start("ensure", "huge.gguf");
    await sawOnStderr(second, `waiting for process ${first.pid}`);
    for (const running of [second, first]) running.kill();
    await Promise.all([first, second]);
  });
});

describe.skipIf(process.platform === "win32")("ensure, interrupted in the middle of a file", () => {
  test.for([
    { signal: "SIGINT", exitCode: 130 },
    { signal: "SIGTERM", exitCode: 143 },
  ] as const)(
    "by $signal exits with $exitCode, prints no path and registers nothing",
    async ({ signal, exitCode }, { place }) => {
      const { stderr, ...outcome } = await interruptInMidHash(place, signal);
      expect(outcome).toEqual({ exitCode, stdout: "" });
      expect(JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({ error: { code: "INTERRUPTED" } });
      expect(await place.run("list", "--json", "--quiet")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
      expect(await readdir(place.folder)).toEqual(["cache", "huge.gguf"]);
      expect(await readdir(place.cache)).toEqual(["locks"]);
    },
  );

  test("begins none of the references that follow", async ({ place }) => {
    await place.file("next.gguf", "abc");
    const { exitCode, stdout, stderr } = await interruptInMidHash(place, "SIGINT", "next.gguf");
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "" });
    expect(stderr).toContain("huge.gguf");
    expect(stderr).not.toContain("next.gguf");
  });
});

async function interruptInMidHash(
  place: Place,
  signal: NodeJS.Signals,
  ...following: readonly string[]
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  await place.sparseFile("huge.gguf", hugeBytes);
  const running = place.start("ensure", "huge.gguf", ...following, "--log-format", "json");
  await sawOnStderr(running, '"hash-progress"');
  running.kill(signal);
  const { exitCode, stdout, stderr } = await running;
  return { exitCode, stdout, stderr };
}
