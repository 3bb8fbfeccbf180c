import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { openIngest } from "../ingest/open-ingest.ts";
import { checkPresence } from "../presence.ts";
import { aByteLess, aHole, type Damage, damageUnseen, restartMachine, zerosInItsTail } from "../testing/damage.ts";
import { look, names, record, type TestCache, testCache } from "../testing/test-cache.ts";

const content = "what nobody had waited for";
const damages = [
  ["zeros in its tail", zerosInItsTail],
  ["a hole", aHole],
  ["a byte less", aByteLess],
] as const;

/** A model that was published without waiting for the disk, and a restart of the machine. */
async function lostPower(cache: TestCache, damage?: Damage): Promise<string> {
  const { localPath } = await cache.publish("mem:a", { a: content }, "relaxed");
  const file = cache.at(localPath, "a");
  if (damage !== undefined) await damageUnseen(file, damage);
  await restartMachine(cache.layout);
  return file;
}

test.each(damages)("%s: the next arrival of the model takes the place of what was lost", async (_what, damage) => {
  for (const durability of ["full", "relaxed"] as const) {
    await using cache = await testCache();
    const file = await lostPower(cache, damage);
    const { localPath, files } = await cache.publish("mem:a", { a: content }, durability);
    expect(cache.at(localPath, "a")).toBe(file);
    expect(await readFile(file, "utf8")).toBe(content);
    expect(await checkPresence({ kind: "directory", root: cache.at(localPath) }, { files })).toBe("intact");
    // The blob, and the version that it was shown in.
    expect(await names(cache.layout.damaged)).toHaveLength(2);
  }
});

test.each(damages)(
  "%s: another model with these bytes gets its own, and what was lost is no blob",
  async (_what, damage) => {
    await using cache = await testCache();
    const lost = await look(await lostPower(cache, damage));
    const { localPath } = await cache.publish("mem:b", { b: content });
    expect(await readFile(cache.at(localPath, "b"), "utf8")).toBe(content);
    expect(await look(cache.blob(content))).toEqual(await look(cache.at(localPath, "b")));
    expect(await filesBelow(cache.layout.unsynced)).toEqual([]);
    const aside = await filesBelow(cache.layout.damaged);
    expect(aside.map(({ inode }) => inode)).toEqual([lost.inode]);
  },
);

test.each(damages)("%s: it does not count as present", async (_what, damage) => {
  await using cache = await testCache();
  await lostPower(cache, damage);
  const ingest = await openIngest(cache.cacheDir, "mem:b", { holdsLock: false });
  expect(await ingest.takePresent([record("b", content)])).toEqual([]);
  expect([...ingest.present]).toEqual([]);
  expect(await filesBelow(ingest.root)).toEqual([]);
  expect(await names(cache.layout.damaged)).toHaveLength(1);
});

test.each(["full", "relaxed"] as const)("what was not lost is on the disk, and is used (%s)", async (durability) => {
  await using cache = await testCache();
  const file = await lostPower(cache);
  const again = await cache.publish("mem:a", { a: content }, durability);
  const other = await cache.publish("mem:b", { b: content }, durability);
  expect([again.unsyncedBoot, other.unsyncedBoot]).toEqual([undefined, undefined]);
  expect(await look(file)).toMatchObject({ links: 3 });
  expect(await look(cache.blob(content))).toEqual(await look(file));
  expect(await look(cache.at(other.localPath, "b"))).toEqual(await look(file));
  expect(await filesBelow(cache.layout.unsynced)).toEqual([]);
  expect(await names(cache.layout.damaged)).toEqual([]);
});

test("what was not lost is present, and needs no fetch", async () => {
  await using cache = await testCache();
  const file = await lostPower(cache);
  const ingest = await openIngest(cache.cacheDir, "mem:b", { holdsLock: false });
  expect(await ingest.takePresent([record("b", content)])).toEqual([record("b", content)]);
  await ingest.placePresent(new Set());
  const { path } = await ingest.target("c");
  expect(await look(path.replace(/c$/, "b"))).toEqual(await look(file));
  expect(await look(cache.blob(content))).toEqual(await look(file));
});

test("damage in one boot's bytes does not hide what another boot has", async () => {
  await using cache = await testCache();
  await lostPower(cache, aHole);
  await cache.publish("mem:b", { b: content }, "relaxed");
  await restartMachine(cache.layout, "a-later-boot");
  const ingest = await openIngest(cache.cacheDir, "mem:c", { holdsLock: false });
  expect(await ingest.takePresent([record("c", content)])).toHaveLength(1);
});
