import { rm } from "node:fs/promises";
import { join } from "node:path";
import { hashFile } from "@llama-orch/hashing";
import { evenStart } from "./even-start.ts";
import { median } from "./median.ts";
import { writeNoise } from "./noise-file.ts";
import type { Row } from "./row.ts";
import { run } from "./run-command.ts";
import { withTempDir } from "./temp-dir.ts";
import { seconds, timed } from "./timed.ts";

const runs = 7;
const sizeMb = 1_024;

interface Figures {
  readonly cp: number[];
  readonly cpSynced: number[];
  readonly openssl: number[];
  readonly relaxed: number[];
  readonly full: number[];
  readonly hash: number[];
  readonly maxRssMb: number[];
}

/** A local file of 1 GiB, brought into the cache: copied, hashed, published. Against `cp`, and `openssl dgst -sha256`. */
export function copyAndHash(): Promise<readonly Row[]> {
  return withTempDir(async (folder) => {
    const file = join(folder, "model.gguf");
    await writeNoise(file, sizeMb);
    const figures: Figures = { cp: [], cpSynced: [], openssl: [], relaxed: [], full: [], hash: [], maxRssMb: [] };
    for (let done = 0; done < runs; done += 1) await measure(folder, file, figures);
    const slower = Math.max(median(figures.cp), median(figures.openssl));
    const slowerSynced = Math.max(median(figures.cpSynced), median(figures.openssl));
    const [relaxed, full, hash] = [median(figures.relaxed), median(figures.full), median(figures.hash)];
    const tools = `cp ${seconds(median(figures.cp))}, openssl ${seconds(median(figures.openssl))}`;
    return [
      {
        work: "copy + hash of 1 GiB, relaxed",
        bar: "≤ 1.25 × the slower of `cp` and `openssl dgst -sha256`",
        result: `${(relaxed / slower).toFixed(2)} × (${seconds(relaxed)}; ${tools})`,
        isMet: relaxed <= 1.25 * slower,
      },
      {
        work: "copy + hash of 1 GiB, full",
        bar: "≤ 1.25 × the slower of `cp` with `sync FILE` and `openssl dgst -sha256`",
        result: `${(full / slowerSynced).toFixed(2)} × (${seconds(full)}; cp + sync ${seconds(median(figures.cpSynced))})`,
        isMet: full <= 1.25 * slowerSynced,
      },
      {
        work: "hash of 1 GiB",
        bar: "≤ 1.25 × `openssl dgst -sha256`",
        result: `${(hash / median(figures.openssl)).toFixed(2)} × (${seconds(hash)})`,
        isMet: hash <= 1.25 * median(figures.openssl),
      },
      {
        work: "peak memory of a process that copies 1 GiB",
        bar: "≤ 150 MB",
        result: `${Math.max(...figures.maxRssMb).toFixed(0)} MB`,
        isMet: Math.max(...figures.maxRssMb) <= 150,
      },
    ];
  });
}

async function measure(folder: string, file: string, figures: Figures): Promise<void> {
  const copy = join(folder, "copy.gguf");
  await evenStart(folder, sizeMb);
  figures.cp.push(await timed(() => run("cp", [file, copy])));
  await rm(copy);
  await evenStart(folder, sizeMb);
  figures.openssl.push(await timed(() => run("openssl", ["dgst", "-sha256", file])));
  await evenStart(folder, sizeMb);
  const relaxed = await ensureCopy(folder, file, "relaxed");
  figures.relaxed.push(relaxed.elapsedMs);
  figures.maxRssMb.push(relaxed.maxRssMb);
  await evenStart(folder, sizeMb);
  figures.hash.push(await timed(() => hashFile(file)));
  await evenStart(folder, sizeMb);
  figures.cpSynced.push(
    await timed(() => {
      run("cp", [file, copy]);
      run("sync", [copy]);
    }),
  );
  await rm(copy);
  await evenStart(folder, sizeMb);
  figures.full.push((await ensureCopy(folder, file, "full")).elapsedMs);
}

interface Copied {
  readonly elapsedMs: number;
  readonly maxRssMb: number;
}

async function ensureCopy(folder: string, file: string, durability: string): Promise<Copied> {
  const cacheDir = join(folder, "cache");
  const child = join(import.meta.dirname, "children", "ensure-copy.mjs");
  const [elapsedMs = Number.NaN, maxRssMb = Number.NaN] = run(process.execPath, [
    ...process.execArgv,
    child,
    cacheDir,
    file,
    durability,
  ])
    .split(" ")
    .map(Number);
  await rm(cacheDir, { recursive: true });
  return { elapsedMs, maxRssMb };
}
