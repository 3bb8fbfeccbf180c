import { getEventListeners } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { inLanes } from "./in-lanes.ts";

const { signal } = new AbortController();
const numbers = Array.from({ length: 20 }, (_, index) => index);

test("the results are in the order of the items, however long each takes", async () => {
  const results = await inLanes(numbers, signal, () => async (number) => {
    for (let turn = number % 5; turn > 0; turn -= 1) await setImmediate();
    return number * 2;
  });
  expect(results).toEqual(numbers.map((number) => number * 2));
});

test("four are under way at once, and each lane is opened once", async () => {
  let opened = 0;
  let underWay = 0;
  let most = 0;
  await inLanes(numbers, signal, () => {
    opened += 1;
    return async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await setImmediate();
      underWay -= 1;
    };
  });
  expect([opened, most]).toEqual([4, 4]);
});

test("a failure is thrown as it is, after the others were told to stop and have ended", async () => {
  const failure = new Error("one of them");
  const ended: number[] = [];
  const call = inLanes(numbers, signal, (stop) => async (number) => {
    if (number === 0) throw failure;
    while (!stop.aborted) await setImmediate();
    ended.push(number);
  });
  expect(await call.catch((error: unknown) => error)).toBe(failure);
  expect(ended).toEqual([1, 2, 3]);
});

test("an abort is thrown with its reason, and leaves no listener", async () => {
  const enough = new AbortController();
  const reason = { because: "enough" };
  const started: number[] = [];
  const call = inLanes(numbers, enough.signal, (stop) => async (number) => {
    started.push(number);
    if (number === 5) enough.abort(reason);
    stop.throwIfAborted();
  });
  expect(await call.catch((error: unknown) => error)).toBe(reason);
  expect(Math.max(...started)).toBeLessThan(10);
  expect(getEventListeners(enough.signal, "abort")).toEqual([]);
});

test("of nothing there is nothing", async () => {
  expect(await inLanes([], signal, () => () => Promise.reject(new Error("never")))).toEqual([]);
});
