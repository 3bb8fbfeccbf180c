import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { expect, test } from "vitest";

// Windows has no signal that a process could catch from another one.
test.skipIf(process.platform === "win32")(
  "SIGTERM ends it with exit code 0, and its log is lines of JSON",
  async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), "pool-manager-"));
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
      env: { ...process.env, PORT: "0", MODEL_PROVISIONER_CACHE: cacheDir },
    });
    try {
      const exit = once(child, "exit");
      const url = (await firstLine(child.stderr)).replace("listening on ", "");
      const line = firstLine(child.stdout);
      await fetch(`${url}/replicas`, { method: "POST", body: JSON.stringify({ model: import.meta.filename }) });
      expect(JSON.parse(await line)).toMatchObject({ state: "ready", staged_bytes: 0 });

      child.kill("SIGTERM");
      expect(await exit).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
      await rm(cacheDir, { recursive: true });
    }
  },
);

async function firstLine(stream: Readable): Promise<string> {
  return String(await once(createInterface(stream), "line"));
}
