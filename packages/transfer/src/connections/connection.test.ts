import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startFaultServer } from "../../../../tools/fault-server/src/index.ts";

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

test.each([{ tls: false }, { tls: true }])(
  "a large body takes little memory, though its reader is slow: %j",
  async ({ tls }) => {
    await using server = await startFaultServer({ tls });
    const sizeBytes = 200 * mebibyte;
    server.put("/f", { content: { sizeBytes, seed: "large" } });
    const script = fileURLToPath(new URL("../testing/read-slowly.ts", import.meta.url));
    const { stdout } = await run(process.execPath, [script, `${server.origin}/f`, server.ca ?? ""]);
    const report: unknown = JSON.parse(stdout);
    expect(report).toEqual({ length: sizeBytes, most: expect.any(Number) as unknown });
    const [, most = "0"] = /"most":(\d+)/.exec(stdout) ?? [];
    expect(Number(most)).toBeLessThan(8 * mebibyte);
  },
);
