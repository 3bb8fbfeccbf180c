import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { appendFile, link, mkdir, open, readFile, rename, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type CopySetting,
  copySetting,
  largeBytes,
  looksOf,
  openBelow,
  sha256,
  someBytes,
} from "../testing/copy-setting.ts";

const content = someBytes(largeBytes);
const reason = Object.freeze({ because: "enough" });

let setting: CopySetting;
let path: string;
let target: string;

beforeEach(async () => {
  setting = await copySetting();
  path = await setting.place("model.gguf", content);
  target = await setting.target("model.gguf");
});
afterEach(() => setting.dispose());

/** Copies the first part, and marks it: what is not copied again still has the mark. */
async function copyFirstPartAndMark(): Promise<{ keptBytes: number; marked: Buffer }> {
  await setting.copyFirstPart(path);
  const keptBytes = Number(looksOf(target)["size"]);
  const file = await open(target, "r+");
  await file.write("MARK", 0);
  await file.close();
  return { keptBytes, marked: Buffer.concat([Buffer.from("MARK"), content.subarray(4)]) };
}

describe("an abort in the middle", () => {
  test("is rethrown as it is, at once, and leaves a part of the file and its journal", async () => {
    const enough = new AbortController();
    const seen: number[] = [];
    const copying = setting.copy(path, {
      signal: enough.signal,
      onProgress({ receivedBytes }) {
        seen.push(receivedBytes);
        enough.abort(reason);
      },
    });
    expect(await copying.catch((error: unknown) => error)).toBe(reason);
    expect(seen).toEqual([512 * 1024]);
    const part = await readFile(target);
    expect(part.length).toBe(512 * 1024);
    expect(content.subarray(0, part.length).equals(part)).toBe(true);
    expect(existsSync(await setting.journal("model.gguf"))).toBe(true);
  });

  test.runIf(process.platform === "linux")("leaves nothing open", async () => {
    await setting.copyFirstPart(path);
    expect([...openBelow(setting.folder), ...openBelow(setting.temp.root)]).toEqual([]);
  });

  test("stops the other files of a folder too, and all of them are gone on with", async () => {
    for (const name of ["a", "b", "c", "d", "e", "f"])
      await setting.place(`model/${name}`, someBytes(largeBytes, name));
    await setting.copyFirstPart(setting.path("model"));
    const { files, movedBytes, reusedBytes } = await setting.copy(setting.path("model"));
    expect(movedBytes + reusedBytes).toBe(6 * largeBytes);
    expect(reusedBytes).toBeGreaterThan(0);
    expect(movedBytes).toBeGreaterThan(2 * largeBytes);
    expect(Object.fromEntries(files.map((file) => [file.path, file.digests]))).toEqual(
      Object.fromEntries(files.map((file) => [file.path, [sha256(someBytes(largeBytes, file.path))]])),
    );
  });

  test("is prompt while what an earlier attempt left is hashed", async () => {
    await setting.copy(path);
    const enough = new AbortController();
    const again = setting.copy(path, { signal: enough.signal, onProgress: () => enough.abort(reason) });
    expect(await again.catch((error: unknown) => error)).toBe(reason);
  });

  test("at the last byte still waits for no hash, and claims nothing", async () => {
    const enough = new AbortController();
    const onProgress = ({ receivedBytes }: { receivedBytes: number }): void => {
      if (receivedBytes === largeBytes) enough.abort(reason);
    };
    const copying = setting.copy(path, { signal: enough.signal, onProgress });
    expect(await copying.catch((error: unknown) => error)).toBe(reason);
  });
});

describe("a second attempt", () => {
  test("goes on after what the first one left, in the same file, and hashes all that is there", async () => {
    const { keptBytes, marked } = await copyFirstPartAndMark();
    const { ino } = looksOf(target);
    const seen: number[] = [];
    const fetched = await setting.copy(path, { onProgress: ({ receivedBytes }) => seen.push(receivedBytes) });
    expect(fetched).toEqual({
      files: [{ path: "model.gguf", sizeBytes: largeBytes, digests: [sha256(marked)] }],
      movedBytes: largeBytes - keptBytes,
      reusedBytes: keptBytes,
    });
    expect(sha256(await readFile(target))).toBe(sha256(marked));
    expect(looksOf(target)["ino"]).toBe(ino);
    expect([seen[0], seen.at(-1)]).toEqual([keptBytes, largeBytes]);
  });

  test("may be stopped and gone on with as often as one likes", async () => {
    for (let attempt = 0; attempt < 3; attempt += 1) await setting.copyFirstPart(path);
    const { files } = await setting.copy(path);
    expect(files[0]?.digests).toEqual([sha256(content)]);
  });

  test("copies nothing of what is there as a whole, and reads it once to hash it", async () => {
    await setting.copy(path);
    const before = looksOf(target);
    const seen: number[] = [];
    expect(await setting.copy(path, { onProgress: ({ receivedBytes }) => seen.push(receivedBytes) })).toEqual({
      files: [{ path: "model.gguf", sizeBytes: largeBytes, digests: [sha256(content)] }],
      movedBytes: 0,
      reusedBytes: largeBytes,
    });
    expect(looksOf(target)).toEqual(before);
    expect(seen).toEqual([largeBytes]);
  });

  const other = someBytes(largeBytes, "other");
  const doubts: [string, () => Promise<void>][] = [
    ["the source was written since", () => writeFile(path, other)],
    [
      "the source was replaced by a file of the same size and time",
      async () => {
        const { atime, mtime } = await stat(path);
        await writeFile(setting.path("other"), other);
        await utimes(setting.path("other"), atime, mtime);
        await rename(setting.path("other"), path);
      },
    ],
    ["the source has another time", () => utimes(path, 1, 1)],
    [
      "the journal is of another boot",
      () => rewriteJournal((text) => text.replace(/"boot":"[^"]+"/, '"boot":"other"')),
    ],
    ["the journal is of another file", () => rewriteJournal((text) => text.replace("model.gguf", "other.gguf"))],
    ["the journal is another fetcher's", () => rewriteJournal((text) => text.replace("fetcher-file", "fetcher-http"))],
    ["the journal is of another format", () => rewriteJournal((text) => text.replace('"format":1', '"format":2'))],
    ["the journal is torn", () => rewriteJournal((text) => text.slice(0, -1))],
    ["the journal is empty", () => rewriteJournal(() => "")],
    ["more is there than the source has", () => appendFile(target, content)],
    ["what is there has a second name", () => link(target, `${target}.kept`)],
    [
      "what is there is a link",
      async () => {
        await rename(target, `${target}.kept`);
        await symlink(`${target}.kept`, target);
      },
    ],
    [
      "what is there is a folder",
      async () => {
        await rename(target, `${target}.kept`);
        await mkdir(target);
        await writeFile(`${target}/file`, "");
      },
    ],
  ];
  test.each(doubts)("starts over, in a new file, when %s", async (_what, makeDoubtful) => {
    await copyFirstPartAndMark();
    await makeDoubtful();
    // Held open, as by a writer that was stopped: its inode cannot be given to the new file.
    await using given = await open(target, "r");
    const { ino } = await given.stat({ bigint: true });
    const { files, movedBytes, reusedBytes } = await setting.copy(path);
    expect([movedBytes, reusedBytes]).toEqual([largeBytes, 0]);
    const expected = sha256(await readFile(path));
    expect(files[0]?.digests).toEqual([expected]);
    expect(sha256(await readFile(target))).toBe(expected);
    expect(looksOf(target)["ino"]).not.toBe(ino);
  });

  test("writes nothing into the file that it gives up", async () => {
    const { keptBytes } = await copyFirstPartAndMark();
    await link(target, `${target}.kept`);
    await setting.copy(path);
    expect((await readFile(`${target}.kept`)).length).toBe(keptBytes);
  });

  test("is not deceived by a small file that came in between, from the same path", async () => {
    await copyFirstPartAndMark();
    await rename(path, setting.path("aside"));
    await setting.place("model.gguf", "small");
    await setting.copy(path);
    await rename(setting.path("aside"), path);
    const { files, reusedBytes } = await setting.copy(path);
    expect(reusedBytes).toBe(0);
    expect(files[0]?.digests).toEqual([sha256(content)]);
  });
});

test("the journal is there before the first byte, and says of what", async () => {
  const journalPath = await setting.journal("model.gguf");
  const { mtimeNs, ino } = await stat(path, { bigint: true });
  let noted: unknown;
  await setting.copy(path, { onProgress: () => void (noted ??= JSON.parse(readFileSync(journalPath, "utf8"))) });
  expect(noted).toMatchObject({
    fetcher: "fetcher-file",
    format: 1,
    source: path,
    sizeBytes: largeBytes,
    mtimeNs: String(mtimeNs),
    inode: String(ino),
  });
});

async function rewriteJournal(change: (text: string) => string): Promise<void> {
  const journalPath = await setting.journal("model.gguf");
  const before = readFileSync(journalPath, "utf8");
  expect(change(before)).not.toBe(before);
  writeFileSync(journalPath, change(before));
}
