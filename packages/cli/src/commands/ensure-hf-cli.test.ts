import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { commit, fakeHf } from "../testing/fake-hf.ts";
import { catalogDocuments, sawOnStderr, test } from "../testing/place.ts";

const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
const model = "hf:org/repo/model.gguf";
const secret = "Tr0ub4dor-and-3-more";
const byCli = ["--hf-via", "cli"] as const;

// A script with a first line is no executable there.
describe.skipIf(process.platform === "win32")("ensure of an hf: reference", () => {
  test("prints the path of what the Hugging Face CLI has brought, and nothing else, on stdout", async ({ place }) => {
    await fakeHf(place);
    const { exitCode, stdout, stderr } = await place.run("ensure", ...byCli, model);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`${join(place.cache, "models", stdout.split("/models/")[1] ?? "").trim()}\n`);
    expect(await readFile(stdout.trimEnd(), "utf8")).toBe("abc");
    expect(stderr.split("\n")).toEqual([
      `ensuring ${model} (1 file, size not known yet)`,
      expect.stringMatching(/^ready: hf:org\/repo\/model\.gguf \(upstream, 3 B staged, /),
      "",
    ]);
    await fakeHf(place, { failsWith: "it must not be asked again" });
    expect(await place.run("ensure", ...byCli, model, "--quiet")).toEqual({ exitCode: 0, stdout, stderr: "" });
    expect(await place.run("ensure", ...byCli, model, "--offline", "--quiet")).toEqual({
      exitCode: 0,
      stdout,
      stderr: "",
    });
  });

  test("puts on record which commit it is, and who has brought it", async ({ place }) => {
    await fakeHf(place);
    await place.run("ensure", ...byCli, model, "--digest", abc);
    const { stdout } = await place.run("show", model, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      trust: "verified",
      provenance: {
        revision: commit,
        source: "http://127.0.0.1:9/org/repo",
        fetcher: "fetcher-hf-cli",
        fetcherVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      },
    });
  });

  test("brings a whole repository into a folder", async ({ place }) => {
    await fakeHf(place, { files: { "config.json": "{}", "onnx/model.onnx": "abc" } });
    const planned = await place.run("ensure", ...byCli, "hf:org/repo", "--dry-run");
    expect(planned).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(
        /^hf:org\/repo would be fetched from http:\/\/127\.0\.0\.1:9\/org\/repo: files and size not known yet; [\d.]+ .B are free\n$/,
      ),
      stderr: "",
    });
    const { stdout, stderr } = await place.run("ensure", ...byCli, "hf:org/repo");
    expect(stderr).toMatch(/^ensuring hf:org\/repo \(files and size not known yet\)$/m);
    expect(await readFile(join(stdout.trimEnd(), "onnx/model.onnx"), "utf8")).toBe("abc");
  });

  test("uses the executable that the environment names", async ({ place }) => {
    await fakeHf(place, { failsWith: "it is not the one" });
    const named = await fakeHf(place, { name: "my-hf" });
    const env = { MODEL_PROVISIONER_HF_CLI: named };
    expect(await place.runWith(env, "ensure", ...byCli, model)).toMatchObject({ exitCode: 0 });
    const relative = await place.runWith({ MODEL_PROVISIONER_HF_CLI: "bin/my-hf" }, "ensure", ...byCli, "hf:org/other");
    expect(relative).toMatchObject({ exitCode: 2, stdout: "" });
    expect(relative.stderr).toContain("MODEL_PROVISIONER_HF_CLI");
  });

  test("stops the Hugging Face CLI when it is interrupted, and shows nothing half-done", async ({ place }) => {
    await fakeHf(place, { hangs: true });
    const running = place.start("ensure", ...byCli, model, "--log-format", "json");
    await sawOnStderr(running, '"fetch-progress"');
    running.kill("SIGINT");
    expect(await running).toMatchObject({ exitCode: 130, stdout: "" });
    expect((await place.run("list", "--json", "--quiet")).stdout).toBe("");
  });
});

describe("an hf: reference without a Hugging Face CLI", () => {
  test("is exit code 5, and the hint names what to do", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("ensure", ...byCli, model);
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: "" });
    expect(stderr).toMatch(
      /^error: .*There is no Hugging Face CLI on PATH .*\nhint: Install .*huggingface_hub.*path\.\n$/,
    );
    expect(stderr).toContain("MODEL_PROVISIONER_HF_CLI");
    expect(stderr).not.toContain("@llama-orch/");
    const json = await place.run("ensure", ...byCli, model, "--json", "--quiet");
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "HF_CLI_MISSING", reference: model } });
  });

  test("is exit code 7 offline, and nothing is looked for", async ({ place }) => {
    expect(await place.run("ensure", ...byCli, model, "--offline")).toMatchObject({ exitCode: 7, stdout: "" });
  });
});

describe.skipIf(process.platform === "win32")("an hf: reference that fails", () => {
  test.for([
    { says: "Error: Repository not found.", exitCode: 3, code: "HF_REPOSITORY_NOT_FOUND" },
    { says: "Error: File not found in repository.", exitCode: 3, code: "HF_FILE_NOT_FOUND" },
    { says: "Error: Access denied. This repository requires approval.", exitCode: 7, code: "HF_GATED" },
    { says: "Error: Invalid user token.", exitCode: 7, code: "HF_TOKEN_INVALID" },
    { says: "Error: Local entry not found. Connection refused", exitCode: 6, code: "HF_NETWORK" },
    { says: "Error: No space left on device", exitCode: 8, code: "FILE_NO_SPACE" },
    { says: "ZeroDivisionError: division by zero", exitCode: 1, code: "HF_CLI_FAILED" },
  ])("with $code is exit code $exitCode", async ({ says, exitCode, code }, { place }) => {
    await fakeHf(place, { failsWith: says });
    const text = await place.run("ensure", ...byCli, model, "--quiet");
    expect(text).toMatchObject({ exitCode, stdout: "" });
    expect(text.stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    const json = await place.run("ensure", ...byCli, model, "--quiet", "--json");
    expect(json).toMatchObject({ exitCode, stdout: "" });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code } });
  });

  test("with other bytes than the Hub declared is exit code 4, and registers nothing", async ({ place }) => {
    await fakeHf(place, { etag: "0".repeat(64) });
    const { exitCode, stdout, stderr } = await place.run("ensure", ...byCli, model, "--json", "--quiet");
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "HF_CONTENT_MISMATCH" } });
    expect((await place.run("list", "--quiet")).stdout).toBe("");
  });

  test("with a quantization tag is exit code 5, and the hint shows the forms that are served", async ({ place }) => {
    await fakeHf(place);
    const { exitCode, stderr } = await place.run("ensure", ...byCli, "hf:org/repo:Q4_K_M");
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/^hint: .*include=/m);
  });

  test("for lack of a CLI that can be used is exit code 5", async ({ place }) => {
    await fakeHf(place, { version: "0.17.3" });
    const { exitCode, stderr } = await place.run("ensure", ...byCli, model);
    expect(exitCode).toBe(5);
    expect(stderr).toContain("0.17.3 is older than 0.25.0");
  });
});

test.skipIf(process.platform === "win32")("a token in the environment appears nowhere", async ({ place }) => {
  const env = { HF_TOKEN: secret };
  await fakeHf(place, { script: "console.error(process.env.HF_TOKEN); process.exitCode = 1;" });
  const outputs = [await place.runWith(env, "ensure", ...byCli, model, "--log-format", "json")];
  await fakeHf(place, { failsWith: `Error: something about ${secret}` });
  outputs.push(await place.runWith(env, "ensure", ...byCli, model, "--json"));
  outputs.push(await place.runWith({ ...env, MODEL_PROVISIONER_DEBUG: "1" }, "ensure", ...byCli, model));
  await fakeHf(place);
  outputs.push(await place.runWith(env, "ensure", ...byCli, model, "--log-format", "json"));
  outputs.push(await place.runWith(env, "show", model), await place.runWith(env, "show", model, "--json"));
  expect(outputs.map(({ exitCode }) => exitCode)).toEqual([5, 1, 1, 0, 0, 0]);
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toContain(secret);
  for (const document of await catalogDocuments(place)) expect(await readFile(document, "utf8")).not.toContain(secret);
});
