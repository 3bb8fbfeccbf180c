import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "serve.ts");

test("folders are served as repositories, until the process ends", async () => {
  const folder = await mkdtemp(join(tmpdir(), "test-hub-serve-"));
  await mkdir(join(folder, "org", "repo", "sub"), { recursive: true });
  await writeFile(join(folder, "org", "repo", "model.gguf"), "weights");
  await writeFile(join(folder, "org", "repo", "sub", "config.json"), "{}");
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const endpoint = await endpointOf(child.stdout);
    expect(await (await fetch(`${endpoint}/org/repo/resolve/main/model.gguf`)).text()).toBe("weights");
    expect(await (await fetch(`${endpoint}/org/repo/resolve/main/sub/config.json`)).text()).toBe("{}");
  } finally {
    child.kill();
    await once(child, "close");
    await rm(folder, { recursive: true });
  }
});

test("without a folder it says how it is called", async () => {
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  expect(await once(child, "close")).toEqual([2, null]);
  expect(stderr).toContain("serve.ts FOLDER");
});

async function endpointOf(stdout: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of stdout) {
    text += String(chunk);
    const endpoint = /HF_ENDPOINT=(\S+)\n/.exec(text)?.[1];
    if (endpoint !== undefined) return endpoint;
  }
  throw new Error(`It ended without an endpoint:\n${text}`);
}
