import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { asPlainUser } from "./as-plain-user.ts";

test.skipIf(process.platform === "win32")(
  "permissions hold meanwhile, and this process is itself again afterwards",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "plain-user-"));
    await chmod(folder, 0);
    const user = process.geteuid?.();
    await asPlainUser(async () => {
      expect(process.geteuid?.()).not.toBe(0);
      await expect(readdir(folder)).rejects.toMatchObject({ code: "EACCES" });
    });
    expect(process.geteuid?.()).toBe(user);
    await expect(asPlainUser(() => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
    expect(process.geteuid?.()).toBe(user);
    await rm(folder, { recursive: true });
  },
);
