import { expect, test } from "vitest";
import { mapInLanes } from "./map-in-lanes.ts";

test("keeps the order of the items, and never has more under way than it may", async () => {
  let underWay = 0;
  let most = 0;
  const results = await mapInLanes([3, 1, 2, 5, 4], 2, async (item) => {
    most = Math.max(most, (underWay += 1));
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    underWay -= 1;
    return item * 10;
  });
  expect(results).toEqual([30, 10, 20, 50, 40]);
  expect(most).toBe(2);
});

test("throws the first failure after what is under way has ended, and begins nothing more", async () => {
  const failure = new Error("second");
  const ended: number[] = [];
  const run = mapInLanes([1, 2, 3, 4], 2, async (item) => {
    if (item === 2) throw failure;
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    ended.push(item);
  });
  await expect(run).rejects.toBe(failure);
  expect(ended).toEqual([1]);
});
