import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { fakeHf } from "../testing/fake-hf.ts";
import { test } from "../testing/place.ts";

const secret = "Tr0ub4dor-and-3-more";
const stub =
  "console.error('huggingface-cli is deprecated and no longer works. Use hf instead.'); process.exitCode = 1;";

describe("what doctor says of hf: models", () => {
  test("on a machine without anything for them is no reason to fail", async ({ place }) => {
    const { exitCode, stdout, stderr } = await place.run("doctor");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^hf CLI +none found/m);
    expect(stdout).toMatch(/^hf token +none: public models only$/m);
    expect(stdout).toMatch(/^hf Hub +http:\/\/127\.0\.0\.1:9 \(does not answer: the connection was refused/m);
  });

  test("is whether the Hub answers, which is asked without a token", async ({ place }) => {
    const authorizations: unknown[] = [];
    const hub = createServer(({ headers }, response) => {
      authorizations.push(headers.authorization);
      response.writeHead(429).end();
    });
    await new Promise<void>((resolve) => hub.listen(0, "127.0.0.1", resolve));
    const { port } = hub.address() as AddressInfo;
    const endpoint = `http://user:${secret}@127.0.0.1:${port}`;
    const outcome = await place.runWith({ HF_ENDPOINT: endpoint, HF_TOKEN: secret }, "doctor");
    hub.close();
    expect(outcome.exitCode).toBe(0);
    expect(outcome.stdout).toMatch(new RegExp(`^hf Hub +http://.*@127\\.0\\.0\\.1:${port} \\(answers: 429\\)$`, "m"));
    expect(outcome.stdout + outcome.stderr).not.toContain(secret);
    expect(authorizations).toEqual([undefined]);
  });

  test("is that the Hub was not asked, where that is not wanted", async ({ place }) => {
    expect((await place.run("doctor", "--offline")).stdout).toMatch(/^hf Hub .*\(not asked: --offline\)$/m);
    for (const value of ["1", "true", "YES"]) {
      const { stdout } = await place.runWith({ HF_HUB_OFFLINE: value }, "doctor");
      expect(stdout).toMatch(/^hf Hub .*\(not asked: HF_HUB_OFFLINE is set\)$/m);
    }
    expect((await place.runWith({ HF_HUB_OFFLINE: "0" }, "doctor")).stdout).toMatch(/^hf Hub .*\(does not answer/m);
  });

  test("is whose token it would be, and never the token", async ({ place }) => {
    const tokenFile = await place.file("my-token", `${secret}\n`);
    const tokens = [
      { env: { HF_TOKEN: secret }, says: "in HF_TOKEN (set)" },
      { env: { HF_TOKEN_PATH: tokenFile }, says: `in ${tokenFile}` },
    ];
    for (const { env, says } of tokens) {
      const text = await place.runWith(env, "doctor");
      expect(text.exitCode).toBe(0);
      expect(text.stdout).toContain(`hf token     ${says}\n`);
      const json = await place.runWith(env, "doctor", "--json");
      expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toContain(secret);
    }
  });

  test("is a problem only when a CLI is named that cannot be used", async ({ place }) => {
    for (const named of ["bin/hf", place.at("bin/hf")]) {
      const { exitCode, stderr } = await place.runWith({ MODEL_PROVISIONER_HF_CLI: named }, "doctor");
      expect({ named, exitCode }).toEqual({ named, exitCode: 1 });
      expect(stderr).toMatch(/^warning: MODEL_PROVISIONER_HF_CLI is .*\nhint: .*PATH is searched\.\n$/);
    }
  });
});

// A script with a first line is no executable there.
describe.skipIf(process.platform === "win32")("the Hugging Face CLIs that doctor finds", () => {
  test("are all shown, with the one that is used, and why the others are not", async ({ place }) => {
    const hf = await fakeHf(place);
    const old = await fakeHf(place, { name: "huggingface-cli", script: stub });
    const { exitCode, stdout, stderr } = await place.run("doctor");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`hf CLI       ${hf}, 2.4.0 (used)\n`);
    expect(stdout).toContain(`hf CLI       ${old} (not used: `);
    expect(stdout).toContain("huggingface-cli is deprecated");
  });

  test("beside the first one are not used, also if they could be", async ({ place }) => {
    await fakeHf(place);
    const second = await fakeHf(place, { name: "huggingface-cli", version: "1.11.0" });
    const { stdout } = await place.run("doctor");
    expect(stdout).toContain(`hf CLI       ${second}, 1.11.0 (not used: ${join(place.bin, "hf")} comes first)\n`);
  });

  test("are a warning when none can be used, and no failure", async ({ place }) => {
    const path = await fakeHf(place, { version: "0.17.3" });
    const text = await place.run("doctor");
    expect(text.exitCode).toBe(0);
    expect(text.stderr).toMatch(
      /^warning: No Hugging Face CLI here can be used.* 0\.17\.3 is older .*\nhint: [^\n]+\n$/,
    );
    const json = await place.run("doctor", "--json", "--quiet");
    expect(JSON.parse(json.stdout)).toMatchObject({
      hf: { executables: [{ path, version: "0.17.3", used: false, reason: expect.stringContaining("older") }] },
      problems: [],
      warnings: [{ text: expect.stringContaining(path), hint: expect.stringContaining("MODEL_PROVISIONER_HF_CLI") }],
    });
  });

  test("come as an object for programs", async ({ place }) => {
    const path = await fakeHf(place);
    const { stdout } = await place.runWith({ HF_TOKEN: secret }, "doctor", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      hf: {
        executables: [{ path, version: "2.4.0", used: true }],
        token: { from: "environment", variable: "HF_TOKEN" },
        endpoint: "http://127.0.0.1:9",
        hub: { state: "silent", reason: expect.stringContaining("ECONNREFUSED") },
      },
    });
  });

  test("cannot print a token into the report", async ({ place }) => {
    await fakeHf(place, { script: "console.log(`my token is ${process.env.HF_TOKEN}`);" });
    for (const form of [[], ["--json"]]) {
      const { stdout, stderr } = await place.runWith({ HF_TOKEN: secret }, "doctor", ...form);
      expect(stdout).toContain("my token is ");
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});
