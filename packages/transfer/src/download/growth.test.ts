import { expect, test } from "vitest";
import { Growth, type Sight } from "./growth.ts";

const mebibyte = 1024 * 1024;

/** Plays a transfer, look by look, whose pace depends on its connections; gives the most that it came to have, and the last. */
function play(
  most: number,
  paceOf: (connections: number) => number,
  more: Partial<Sight> = {},
): { most: number; last: number } {
  const growth = new Growth(most);
  let receivedBytes = 0;
  let reached = 1;
  for (let nowMs = 0; nowMs <= 10_000; nowMs += 50) {
    growth.look({
      nowMs,
      receivedBytes,
      leftBytes: 1024 * 1024 * mebibyte,
      connections: growth.wanted,
      isBusy: false,
      mayGrow: true,
      ...more,
    });
    receivedBytes += paceOf(growth.wanted) * 50;
    reached = Math.max(reached, growth.wanted);
  }
  return { most: reached, last: growth.wanted };
}

test("a server that throttles each connection gets as many as are allowed", () => {
  expect(play(8, (connections) => connections * 20_000)).toEqual({ most: 8, last: 8 });
  expect(play(5, (connections) => connections * 20_000)).toEqual({ most: 5, last: 5 });
});

test("a line that is full with one gets one, after a trial now and then", () => {
  expect(play(8, () => 100_000)).toMatchObject({ most: 2 });
});

test("connections are added as long as they pay", () => {
  expect(play(16, (connections) => Math.min(connections, 4) * 20_000).last).toBeLessThanOrEqual(8);
});

test.for<[string, Partial<Sight>]>([
  ["this process is busy", { isBusy: true }],
  ["the budget is spent, or the server does no parts", { mayGrow: false }],
  ["it is over soon", { leftBytes: 1_000 }],
])("no trial when %s", ([, more]) => {
  expect(play(8, (connections) => connections * 20_000, more)).toEqual({ most: 1, last: 1 });
});

test("no trial when hashing is what takes the time, nor when nothing comes", () => {
  expect(play(8, () => 700_000)).toEqual({ most: 1, last: 1 });
  expect(play(8, () => 0)).toEqual({ most: 1, last: 1 });
});

test("a complaint halves the number, and a break takes one away", () => {
  const growth = grown(8);
  growth.shrink(1_500, "break");
  expect(growth.wanted).toBe(7);
  growth.shrink(1_600, "complaint");
  expect(growth.wanted).toBe(3);
  for (const nowMs of [3_000, 5_000]) growth.shrink(nowMs, "complaint");
  expect(growth.wanted).toBe(1);
});

test("what a trial added is refused at one moment: it is left at what there was before, for as long as is asked", () => {
  const growth = grown(8);
  for (const nowMs of [2_000, 2_001, 2_002, 2_900]) growth.shrink(nowMs, "complaint", 10_000);
  expect(growth.wanted).toBe(4);
  const look = (nowMs: number): number => {
    growth.look({ ...sight, nowMs, receivedBytes: nowMs * 80_000, connections: 4 });
    return growth.wanted;
  };
  for (let nowMs = 3_000; nowMs < 12_900; nowMs += 50) expect(look(nowMs)).toBe(4);
  for (let nowMs = 12_900; nowMs < 14_000 && growth.wanted === 4; nowMs += 50) look(nowMs);
  expect(growth.wanted).toBe(8);
});

test("a server that does no parts has one from then on", () => {
  const growth = grown(8);
  growth.stop();
  for (let nowMs = 10_000; nowMs < 100_000; nowMs += 50) growth.look({ ...sight, nowMs, receivedBytes: nowMs * 1_000 });
  expect(growth.wanted).toBe(1);
});

const sight: Sight = {
  nowMs: 0,
  receivedBytes: 0,
  leftBytes: 1024 * mebibyte,
  connections: 1,
  isBusy: false,
  mayGrow: true,
};

function grown(most: number): Growth {
  const growth = new Growth(most);
  let receivedBytes = 0;
  for (let nowMs = 0; growth.wanted < most; nowMs += 50) {
    growth.look({ ...sight, nowMs, receivedBytes, connections: growth.wanted });
    receivedBytes += growth.wanted * 20_000 * 50;
  }
  return growth;
}
