import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isModelError } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { describe, expect, test } from "vitest";
import { interceptFs } from "../../../tools/crash-harness/src/index.ts";
import { ModelProvisioner } from "./provisioner.ts";
import { placeFile, sha256 } from "./testing/files.ts";
import { placeSources } from "./testing/survives-kills.ts";
import { assertReal } from "./testing/real.ts";
import { entriesOf } from "./testing/setting.ts";
import { mountSmallDisk, type SmallDisk, whyNoMount } from "./testing/small-disk.ts";
import { assertSound, assertTidy, type Content } from "./testing/sound-cache.ts";
import { cacheOf, type EnsureStep, ensureStep, type Step, takeStep } from "./testing/steps.ts";
import { filesUnder } from "./testing/tree.ts";

const noMount = await whyNoMount();
assertReal("a small disk", noMount);

const weights = "0123456789".repeat(5_000);
const file: Content = { "model.gguf": weights };
const twin: Content = { "twin.gguf": weights };
const folder: Content = { "config.json": "{}", "parts/one": "1".repeat(30_000), "parts/two": "2" };
const newVersion: Content = { "model.gguf": "abcdefghij".repeat(5_000) };
const versions = [file, twin, folder, newVersion];
const sources: Content = {
  ...file,
  ...twin,
  ...Object.fromEntries(Object.entries(folder).map(([path, content]) => [`folder/${path}`, content])),
};

/** A cache on a small disk, and beside it, on another one, the files of models. */
interface Place extends AsyncDisposable {
  readonly root: string;
  readonly disk: SmallDisk;
}

async function openPlace(size?: string): Promise<Place> {
  const root = await mkdtemp(join(await realpath(tmpdir()), "model-provisioner-"));
  await placeSources(root, sources);
  const disk = await mountSmallDisk(join(root, "cache"), size);
  return {
    root,
    disk,
    async [Symbol.asyncDispose]() {
      await disk[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}

describe.skipIf(noMount !== undefined)(`without room${noMount === undefined ? "" : ` (${noMount})`}`, () => {
  test("a model that does not fit is refused before a byte of it is written, with both figures", async () => {
    await using place = await openPlace();
    const { root, disk } = place;
    await placeFile(root, "large.gguf", "x".repeat(2_000_000));
    const freeBytes = disk.freeBytes();
    await expect(ensureStep(root, { do: "ensure", reference: "large.gguf" })).rejects.toMatchObject({
      code: "FILE_NO_SPACE",
      category: "no-space",
      facts: {
        neededBytes: 2_000_000,
        freeBytes: expect.toSatisfy((bytes: number) => bytes > 0 && bytes <= freeBytes),
      },
    });
    await assertGivenBack(place, { freeBytes, entries: 0 });
    await ensureStep(root, { do: "ensure", reference: "model.gguf" });
  });

  test("a copy whose disk is filled by others meanwhile says how much it lacked; given room, the next one succeeds", async () => {
    await using place = await openPlace("8m");
    const { root, disk } = place;
    const content = "0123456789abcdef".repeat(200_000);
    await placeFile(root, "large.gguf", content);
    const freeBytes = disk.freeBytes();
    const provisioner = new ModelProvisioner(cacheOf(root), fileFetcher({ stage: "copy" }), {
      cwd: root,
      onEvent: ({ type }) => {
        if (type === "fetch-progress" && disk.freeBytes() > 0) disk.fill();
      },
    });
    await expect(provisioner.ensurePresentStr("large.gguf")).rejects.toMatchObject({
      category: "no-space",
      facts: {
        neededBytes: expect.toSatisfy((bytes: number) => bytes > 0 && bytes < content.length),
        freeBytes: expect.any(Number),
      },
    });
    disk.giveBack();
    await assertGivenBack(place, { freeBytes, entries: 0 });
    const { localPath } = await ensureStep(root, { do: "ensure", reference: "large.gguf" });
    expect(await readFile(localPath, "utf8")).toBe(content);
  });

  test("calls that share an arrival are all told, and none is given what the first of them had to take back", async () => {
    await using place = await openPlace();
    const { root, disk } = place;
    const freeBytes = disk.freeBytes();
    // Full when the first call writes its record, and with room again when the second one comes to that.
    const stop = await interceptFs(join(disk.folder, "catalog", "tmp"), ({ name }) => {
      if (name === "open") disk.fill();
      return undefined;
    });
    const provisioner = new ModelProvisioner(cacheOf(root), fileFetcher({ stage: "copy" }), {
      cwd: root,
      onEvent: ({ type }) => {
        if (type !== "ensure-failed") return;
        stop();
        disk.giveBack();
      },
    });
    const calls = [provisioner.ensurePresentStr("model.gguf"), provisioner.ensurePresentStr("model.gguf")];
    const failed = { status: "rejected", reason: expect.objectContaining({ code: "CATALOG_NO_SPACE" }) };
    expect(await Promise.allSettled(calls)).toEqual([failed, failed]);
    await assertGivenBack(place, { freeBytes, entries: 0 });
    const { localPath } = await provisioner.ensurePresentStr("model.gguf");
    expect(await readFile(localPath, "utf8")).toBe(weights);
  });

  test.each(["model.gguf", "folder"])("a model can be removed, and so can garbage (%s)", async (reference) => {
    await using place = await openPlace();
    const { root, disk } = place;
    const freeBytes = disk.freeBytes();
    await takeStep(root, { do: "ensure", reference });
    await mkdir(join(disk.folder, "damaged"));
    await placeFile(join(disk.folder, "damaged"), "anything", weights);
    disk.fill();
    await takeStep(root, { do: "remove", reference });
    await takeStep(root, { do: "collect" });
    disk.giveBack();
    await assertTidy(disk.folder, "in the end");
    await assertGivenBack(place, { freeBytes, entries: 0 });
  });
});

interface Filling {
  /** What was done before, while there was room. */
  readonly before?: readonly Step[];
  /** The files that have changed since. */
  readonly changed?: Content;
  readonly step: EnsureStep;
  /** What is there in the end. */
  readonly content: Content;
}

const ensures: Readonly<Record<string, Filling>> = {
  "a file, full": { step: { do: "ensure", reference: "model.gguf", durability: "full" }, content: file },
  "a file, relaxed": { step: { do: "ensure", reference: "model.gguf", durability: "relaxed" }, content: file },
  "a folder, full": { step: { do: "ensure", reference: "folder", durability: "full" }, content: folder },
  "a folder, relaxed": { step: { do: "ensure", reference: "folder", durability: "relaxed" }, content: folder },
  "bytes that are here under another id": {
    before: [{ do: "ensure", reference: "model.gguf", durability: "relaxed" }],
    step: { do: "ensure", reference: "twin.gguf", digest: sha256(weights), durability: "full" },
    content: twin,
  },
  "a new version of a model": {
    before: [{ do: "ensure", reference: "model.gguf" }],
    changed: newVersion,
    step: { do: "ensure", reference: "model.gguf", refresh: true },
    content: newVersion,
  },
};

describe.skipIf(noMount !== undefined)(
  "without room from any file system call of an ensure on that changes something",
  () => {
    test.each(Object.entries(ensures))(
      "%s: succeeds, or says so and takes no room; given room, the next one succeeds",
      { timeout: 60_000 },
      async (_what, filling) => {
        let call = 1;
        while (await fillAt(call, filling)) call += 1;
        expect(call).toBeGreaterThan(10);
      },
    );
  },
);

/** @returns whether there is such a call. */
async function fillAt(call: number, { before = [], changed = {}, step, content }: Filling): Promise<boolean> {
  await using place = await openPlace();
  const { root, disk } = place;
  for (const each of before) await takeStep(root, each);
  await placeSources(root, changed);
  const freeBytes = disk.freeBytes();
  let calls = 0;
  let doing = "";
  const stop = await interceptFs(disk.folder, ({ name, path, changes }) => {
    if (changes) calls += 1;
    if (!changes || calls !== call) return undefined;
    doing = `${call} ${name} ${path}`;
    disk.fill();
    return undefined;
  });
  const failure = await ensureStep(root, step)
    .then(
      () => undefined,
      (error: unknown) => error,
    )
    .finally(stop);
  if (doing === "") {
    expect(failure).toBeUndefined();
    return false;
  }
  disk.giveBack();
  if (failure !== undefined) {
    const category = isModelError(failure) ? failure.category : failure;
    expect({ doing, category }).toEqual({ doing, category: "no-space" });
    await assertGivenBack(place, { freeBytes, entries: before.length, doing });
  }
  await assertSound(disk.folder, { versions, doing });
  const { localPath } = await ensureStep(root, step);
  expect(await readFile(content === folder ? join(localPath, "parts/one") : localPath, "utf8")).toBe(
    Object.values(content).find(({ length }) => length > 2),
  );
  await takeStep(root, { do: "collect" });
  await assertSound(disk.folder, { versions, doing });
  await assertTidy(disk.folder, doing);
  return true;
}

interface Before {
  readonly freeBytes: number;
  /** How many models were on record. */
  readonly entries: number;
  readonly doing?: string;
}

/** That there are as many entries and as much room as before, but for empty folders, what says whose they are, and lock files. */
async function assertGivenBack({ root, disk }: Place, { freeBytes, entries, doing }: Before): Promise<void> {
  const nameTags = (await filesUnder(join(disk.folder, "models"))).filter((path) => /^[^/]+\/\.id$/.test(path));
  const tagBytes = 4_096 * Math.max(0, nameTags.length - entries);
  const lostBytes = freeBytes - disk.freeBytes() - tagBytes;
  expect({ doing, lostBytes }).toEqual({ doing, lostBytes: 0 });
  expect(await entriesOf(cacheOf(root))).toHaveLength(entries);
}
