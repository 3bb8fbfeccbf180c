import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "@llama-orch/hashing";
import { evenStart } from "../even-start.ts";
import type { DownloadServer, ServerWork } from "./download-server.ts";
import type { DownloadTool } from "./download-tool.ts";
import { measureCommand, type MeasuredCommand } from "./measure-command.ts";

export interface MeasuredDownload extends MeasuredCommand, ServerWork {
  /** Without the start of Node, where the tool is a Node program; else that of the command. */
  readonly workMs: number;
  /** The numbers in the last line that it has printed. */
  readonly said: readonly number[];
}

/** One download by one tool, from an even start into an empty folder; what has arrived is compared and removed. */
export async function measureDownload(
  server: DownloadServer,
  tool: DownloadTool,
  options: { readonly url: string; readonly folder: string },
): Promise<MeasuredDownload> {
  const folder = join(options.folder, "arrivals");
  // What a tool has left that failed.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await evenStart(options.folder, server.sizeMb);
  await server.takeWork();
  const measured = await measureCommand(tool.command({ ...options, ...server.given, folder }));
  const work = await server.takeWork();
  await assertArrived(server, folder);
  await rm(folder, { recursive: true });
  const said = (measured.stdout.trimEnd().split("\n").at(-1) ?? "").split(" ").map(Number);
  const workMs = tool.kind === "native" ? measured.commandMs : (said[0] ?? Number.NaN);
  return { ...measured, ...work, workMs, said };
}

/** Whether or not a tool verifies: a time for wrong bytes would be worth nothing. */
async function assertArrived({ sizeBytes, given }: DownloadServer, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || (await stat(path)).size !== sizeBytes) continue;
    if ((await hashFile(path)).digests[0] === `sha256:${given.sha256}`) return;
  }
  throw new Error("the file has not arrived as it is on the server");
}
