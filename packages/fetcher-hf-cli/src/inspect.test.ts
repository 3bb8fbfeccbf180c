import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectHfCli } from "./inspect.ts";
import { pathOf } from "./testing/bench.ts";
import { fakeCli } from "./testing/fake-cli.ts";

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(await realpath(tmpdir()), "inspect-"))));
afterEach(() => rm(folder, { recursive: true, force: true }));

test("tells of each executable what it is, and why it is not used", async () => {
  const old = await fakeCli(join(folder, "a"), { version: "0.20.1" });
  const good = await fakeCli(join(folder, "b"), { name: "huggingface-cli", version: "0.36.2" });
  const { found } = await inspectHfCli({ env: { PATH: pathOf(old, good), HOME: folder } });
  expect(found).toEqual([
    { path: old.path, version: "0.20.1", unusable: expect.stringContaining("older than 0.25.0") },
    { path: good.path, version: "0.36.2" },
  ]);
});

test("tells where a token would be found, never the token", async () => {
  const token = "hf_0123456789abcdefghijABCDEFGHIJ";
  const sourceOf = async (env: Record<string, string>): Promise<unknown> => {
    const report = await inspectHfCli({ env: { HOME: folder, ...env } });
    expect(JSON.stringify(report)).not.toContain(token);
    return report.token;
  };
  expect(await sourceOf({})).toEqual({ from: "none" });
  const usual = join(folder, ".cache", "huggingface");
  await mkdir(usual, { recursive: true });
  await writeFile(join(usual, "token"), token);
  expect(await sourceOf({})).toEqual({ from: "file", path: join(usual, "token") });
  expect(await sourceOf({ HF_HOME: join(folder, "elsewhere") })).toEqual({ from: "none" });
  await writeFile(join(folder, "own"), token);
  expect(await sourceOf({ HF_TOKEN_PATH: join(folder, "own") })).toEqual({ from: "file", path: join(folder, "own") });
  expect(await sourceOf({ HF_TOKEN: token })).toEqual({ from: "environment", variable: "HF_TOKEN" });
  expect(await sourceOf({ HF_TOKEN: token, HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" })).toEqual({ from: "none" });
});

test("tells the endpoint without what may be secret in it", async () => {
  const of = async (HF_ENDPOINT?: string): Promise<string> =>
    (await inspectHfCli({ env: { HOME: folder, ...(HF_ENDPOINT !== undefined && { HF_ENDPOINT }) } })).endpoint;
  expect(await of()).toBe("https://huggingface.co");
  expect(await of("https://hub.example/")).toBe("https://hub.example");
  expect(await of("https://user:password@hub.example")).not.toContain("password");
});
