import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";

/** A command that hears of the abort, and does not stop. */
const deaf = `
  import { abortOnSignals } from ${JSON.stringify(join(import.meta.dirname, "interruption.ts"))};
  const stop = new AbortController();
  abortOnSignals(stop);
  stop.signal.addEventListener("abort", () => process.stdout.write("aborted by " + stop.signal.reason.exitCode));
  setInterval(() => {}, 1000);
  process.stdout.write("ready");
`;

test.skipIf(process.platform === "win32")("a second signal ends the process at once", async () => {
  const running = execa(process.execPath, ["--input-type=module", "--eval", deaf], { reject: false });
  running.stdout.once("data", () => {
    running.stdout.once("data", () => running.kill("SIGINT"));
    running.kill("SIGTERM");
  });
  expect(await running).toMatchObject({ exitCode: 130, stdout: "readyaborted by 143" });
});
