import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { expect, describe } from "vitest";
import { command, type Outcome, type Place, test } from "./testing/place.ts";

describe.skipIf(process.platform === "win32")("output that nobody takes", () => {
  test("a reader that has gone ends a command quietly", async ({ place }) => {
    await place.file("model.gguf", "abc");
    await place.run("ensure", "model.gguf");
    for (const args of [["list", "--json"], ["show", "model.gguf"], ["usage"], ["--help"], ["ensure", "--help"]]) {
      expect(await withClosedOutput(place, args, "stdout")).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  test("a reader that has gone does not keep ensure from bringing every model", async ({ place }) => {
    const names = ["a.gguf", "b.gguf", "c.gguf"];
    for (const name of names) await place.file(name, name);
    const outcome = await withClosedOutput(place, ["ensure", ...names, "--quiet"], "stdout");
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    const { stdout } = await place.run("list", "--json");
    expect(stdout.trimEnd().split("\n")).toHaveLength(3);
  });

  test("a reader that has gone does not keep gc from removing the rest", async ({ place }) => {
    const names = ["a.gguf", "b.gguf", "c.gguf"];
    for (const name of names) await place.file(name, name);
    await place.run("ensure", ...names, "--stage", "copy");
    for (const name of names) await place.run("retire", name);
    const outcome = await withClosedOutput(place, ["gc", "--max-size", "0", "--quiet"], "stdout");
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await place.run("list")).stdout).toBe("");
  });

  test("without a reader, the exit code of ensure is that of its work", async ({ place }) => {
    await place.file("b.gguf", "b");
    const outcome = await withClosedOutput(place, ["ensure", "b.gguf", "absent.gguf", "b.gguf"], "stdout");
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr.match(/^ready: /gm)).toHaveLength(2);
  });

  test("stderr that nobody reads does not keep the work from being done", async ({ place }) => {
    const path = await place.file("model.gguf", "abc");
    const outcome = await withClosedOutput(place, ["ensure", "model.gguf"], "stderr");
    expect(outcome).toMatchObject({ exitCode: 0, stdout: `${path}\n` });
  });

  test.skipIf(process.platform !== "linux")("a full disk behind stdout is a failure", async ({ place }) => {
    await place.file("model.gguf", "abc");
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [command, "ensure", "model.gguf", "--quiet"], {
      cwd: place.folder,
      env: { ...process.env, MODEL_PROVISIONER_CACHE: place.cache },
      stdio: ["ignore", full, "pipe"],
    });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [exitCode] = await once(child, "close");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("error: The result could not be written to stdout (ENOSPC).\nhint: ");
  });
});

async function withClosedOutput(
  place: Place,
  args: readonly string[],
  closed: "stdout" | "stderr",
): Promise<Omit<Outcome, "exitCode"> & { exitCode: unknown }> {
  const env = { ...process.env, MODEL_PROVISIONER_CACHE: place.cache };
  const child = spawn(process.execPath, [command, ...args], { cwd: place.folder, env });
  // Closed long before Node has started, let alone written.
  child[closed].destroy();
  const seen = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => (seen[name] += chunk.toString()));
  const [exitCode]: unknown[] = await once(child, "close");
  return { exitCode, ...seen };
}
