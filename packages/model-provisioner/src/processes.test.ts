import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { describe, expect, onTestFinished, test } from "vitest";
import { entriesOf, openSetting, type Setting } from "./testing/setting.ts";

const script = join(import.meta.dirname, "testing", "ensure-process.ts");

interface Message {
  readonly event?: string;
  readonly localPath?: string;
}

interface Ensuring {
  readonly child: ChildProcess;
  readonly events: string[];
  /** The path, or undefined if the process ended without one. */
  readonly done: Promise<string | undefined>;
}

function ensureIn({ cacheDir, root }: Setting, stalledHolderMs = 15_000): Ensuring {
  const child = fork(script, [cacheDir, root, String(stalledHolderMs)]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const events: string[] = [];
  let localPath: string | undefined;
  child.on("message", (message: Message) => {
    if (message.event !== undefined) events.push(message.event);
    localPath ??= message.localPath;
  });
  // What it has told may come after its end was noticed.
  const ended = Promise.all([once(child, "exit"), once(child, "disconnect")]);
  return { child, events, done: ended.then(() => localPath) };
}

async function fetches({ root }: Setting): Promise<string[]> {
  const lines = await readFile(join(root, "fetches"), "utf8").catch(() => "");
  return lines.split("\n").filter((line) => line !== "");
}

const patience = { timeout: 60_000, interval: 50 };

describe("processes that ensure one model at the same time", { timeout: 120_000 }, () => {
  test("32 of them: exactly one fetches, the others see it work, and all get the model", async () => {
    await using setting = await openSetting();
    const all = Array.from({ length: 32 }, () => ensureIn(setting));
    const waiting = (): number => all.filter(({ events }) => events.includes("wait-progress")).length;
    await expect.poll(waiting, patience).toBe(31);
    await writeFile(join(setting.root, "go"), "");
    const paths = await Promise.all(all.map(({ done }) => done));
    expect(new Set(paths).size).toBe(1);
    expect(await readFile(String(paths[0]), "utf8")).toBe("abc");
    expect(await fetches(setting)).toHaveLength(1);
    expect(await entriesOf(new FsCatalog(setting.cacheDir))).toHaveLength(1);
    expect((await readdir(join(setting.cacheDir, "locks"))).filter((name) => !name.endsWith(".lock"))).toEqual([]);
  });

  test("when the one that fetches is killed, one of the others takes over, and all of them get the model", async () => {
    await using setting = await openSetting();
    const holder = ensureIn(setting);
    await expect.poll(() => fetches(setting), patience).toHaveLength(1);
    const others = Array.from({ length: 6 }, () => ensureIn(setting));
    await expect.poll(() => others.every(({ events }) => events.includes("wait-started")), patience).toBe(true);
    holder.child.kill("SIGKILL");
    await expect.poll(() => fetches(setting), patience).toHaveLength(2);
    await writeFile(join(setting.root, "go"), "");
    const paths = await Promise.all(others.map(({ done }) => done));
    expect(new Set(paths)).toEqual(new Set([expect.stringContaining(setting.cacheDir)]));
    expect(await fetches(setting)).toHaveLength(2);
  });

  test.skipIf(process.platform === "win32")(
    "when the one that fetches is stopped, another goes on beside it; continued, it finds the model and breaks nothing",
    async () => {
      await using setting = await openSetting();
      const holder = ensureIn(setting);
      await expect.poll(() => fetches(setting), patience).toHaveLength(1);
      holder.child.kill("SIGSTOP");
      const other = ensureIn(setting, 2_000);
      await expect.poll(() => other.events.includes("wait-given-up"), patience).toBe(true);
      await writeFile(join(setting.root, "go"), "");
      const path = await other.done;
      expect(await readFile(String(path), "utf8")).toBe("abc");
      holder.child.kill("SIGCONT");
      expect(await holder.done).toBe(path);
      expect(await readFile(String(path), "utf8")).toBe("abc");
      expect(await readdir(join(setting.cacheDir, "ingest"))).toEqual([]);
    },
  );
});
