import { describe, expect, test } from "vitest";
import { openBench } from "../testing/bench.ts";
import { childEnvironment } from "./child-environment.ts";

describe("the CLI's environment", () => {
  test.each([
    "PATH",
    "HOME",
    "HF_HOME",
    "HF_ENDPOINT",
    "HF_TOKEN",
    "HF_TOKEN_PATH",
    "HF_HUB_OFFLINE",
    "HF_HUB_CACHE",
    "HF_XET_CACHE",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "PYTHONPATH",
    "PYENV_ROOT",
    "LC_ALL",
  ])("has the caller's %s", (name) => {
    expect(childEnvironment({ [name]: "x" })).toMatchObject({ [name]: "x" });
  });

  test.each([
    "AI_AGENT",
    "AGENT",
    "CLAUDECODE",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "NODE_OPTIONS",
    "HF_HUB_ENABLE_HF_TRANSFER",
    "HF_DEBUG",
    "PYTHONINSPECT",
    "PYTHONSTARTUP",
    "UV_PUBLISH_TOKEN",
    "UV_INDEX_PRIVATE_PASSWORD",
  ])("has not the caller's %s", (name) => {
    expect(childEnvironment({ [name]: "x" })).not.toHaveProperty(name);
  });

  test("is without colours, bars, calls home, and looks for updates, whatever the caller's says", () => {
    const caller = { NO_COLOR: "", HF_HUB_DISABLE_PROGRESS_BARS: "0", HF_HUB_DISABLE_TELEMETRY: "0" };
    expect(childEnvironment(caller)).toEqual({
      HF_HUB_DISABLE_UPDATE_CHECK: "1",
      HF_HUB_DISABLE_PROGRESS_BARS: "1",
      HF_HUB_DISABLE_TELEMETRY: "1",
      NO_COLOR: "1",
      PYTHONUTF8: "1",
      PYTHONUNBUFFERED: "1",
    });
  });

  test("does not turn Xet off: without it, files of more than 50 GB fail", () => {
    expect(childEnvironment({})).not.toHaveProperty("HF_HUB_DISABLE_XET");
  });

  test("is all that it gets, and a token is in it and not among its arguments", async () => {
    const env = { HF_TOKEN: "hf_0123456789abcdefghijABCDEFGHIJ", OTHER: "x" };
    await using bench = await openBench(
      {
        download({ put, succeed }) {
          put("model.gguf", "abc");
          succeed();
        },
      },
      { env },
    );
    await bench.fetch("hf:org/repo/model.gguf");
    const calls = await bench.cli.calls();
    const [args] = await bench.cli.downloads();
    expect(args?.join(" ")).not.toContain(env.HF_TOKEN);
    for (const call of calls) expect(call.env).not.toHaveProperty("OTHER");
    const tokens = calls.map((call) => [call.args[0], call.env["HF_TOKEN"]]);
    // What it is asked for its version may be another program.
    expect(tokens).toEqual([
      ["--version", undefined],
      ["download", env.HF_TOKEN],
    ]);
  });
});
