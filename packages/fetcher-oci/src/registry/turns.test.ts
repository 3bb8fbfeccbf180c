import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

const { signal } = new AbortController();

test("one after the other, in the order in which they came, whatever comes of those before", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const first = turns.take(signal, async () => {
    log.push("first begins");
    await new Promise(setImmediate);
    log.push("first fails");
    throw new RangeError("first");
  });
  const second = turns.take(signal, async () => log.push("second"));
  const third = turns.take(signal, async () => log.push("third"));
  await expect(first).rejects.toThrow("first");
  await Promise.all([second, third]);
  expect(log).toEqual(["first begins", "first fails", "second", "third"]);
});

test("who is aborted does not wait for the others, and they are not ended by it", async () => {
  const turns = new Turns();
  const log: string[] = [];
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const first = turns.take(signal, () => gate.then(() => log.push("first")));
  const controller = new AbortController();
  const reason = new Error("enough");
  const aborted = turns.take(controller.signal, async () => log.push("aborted"));
  const last = turns.take(signal, async () => log.push("last"));
  controller.abort(reason);
  await expect(aborted).rejects.toBe(reason);
  expect(log).toEqual([]);
  open();
  await Promise.all([first, last]);
  expect(log).toEqual(["first", "last"]);
});
