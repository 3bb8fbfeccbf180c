import { bootId } from "@llama-orch/catalog-core";
import { expect, test } from "vitest";
import { filesBelow } from "../files-below.ts";
import { look, names, testCache } from "../testing/test-cache.ts";

test("relaxed names content below the boot that wrote it, and says so", async () => {
  await using cache = await testCache();
  const { localPath, unsyncedBoot } = await cache.publish("mem:a", { a: "one" }, "relaxed");
  expect(unsyncedBoot).toBe(bootId());
  expect(await look(cache.unsyncedBlob("one"))).toEqual(await look(cache.at(localPath, "a")));
  expect(await filesBelow(cache.layout.blobs)).toEqual([]);
});

const orders = [
  { first: "full", second: "full", isUnsynced: false },
  { first: "full", second: "relaxed", isUnsynced: false },
  { first: "relaxed", second: "relaxed", isUnsynced: true },
  { first: "relaxed", second: "full", isUnsynced: false },
] as const;

test.each(orders)("$first, then $second: one file, and it is known whether it was waited for", async (order) => {
  for (const id of ["mem:a", "mem:b"]) {
    await using cache = await testCache();
    const before = await cache.publish("mem:a", { a: "one" }, order.first);
    const after = await cache.publish(id, { a: "one" }, order.second);
    expect(after.unsyncedBoot).toBe(order.isUnsynced ? bootId() : undefined);
    const blob = await look(order.isUnsynced ? cache.unsyncedBlob("one") : cache.blob("one"));
    expect(await look(cache.at(before.localPath, "a"))).toEqual(blob);
    expect(await look(cache.at(after.localPath, "a"))).toEqual(blob);
    expect(blob.links).toBe(id === "mem:a" ? 2 : 3);
    expect(await filesBelow(order.isUnsynced ? cache.layout.blobs : cache.layout.unsynced)).toEqual([]);
    expect(await names(cache.layout.damaged)).toEqual([]);
  }
});

test("of a directory, one file that was not waited for is enough to say so", async () => {
  await using cache = await testCache();
  await cache.publish("mem:a", { a: "synced" });
  const { unsyncedBoot } = await cache.publish("mem:b", { b: "synced", c: "new" }, "relaxed");
  expect(unsyncedBoot).toBe(bootId());
});
