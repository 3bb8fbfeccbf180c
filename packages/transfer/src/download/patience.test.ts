import { expect, test } from "vitest";
import { transferError, type TransferErrorCode } from "../errors.ts";
import { Patience } from "./patience.ts";

const settings = { maxRetries: 3, baseDelayMs: 0, maxDelayMs: 0, maxRetryAfterMs: 1_000, random: () => 0 };
const { signal } = new AbortController();

function failure(code: TransferErrorCode, facts = {}): Error {
  return transferError(code, { message: "It failed.", hint: "Try again.", facts });
}

/** How many tries follow one another when each fails so. */
async function tries(error: Error, patience = new Patience(settings)): Promise<number> {
  for (let count = 1; ; count += 1) {
    const isOver = await patience.after(error, signal).then(
      () => false,
      () => true,
    );
    if (isOver) return count;
  }
}

test.for<[TransferErrorCode, Record<string, unknown>, number]>([
  ["TRANSFER_BROKEN_OFF", {}, 4],
  ["TRANSFER_STALLED", {}, 4],
  ["TRANSFER_RATE_LIMITED", {}, 4],
  ["TRANSFER_STATUS", { status: 503 }, 4],
  ["TRANSFER_STATUS", { status: 408 }, 4],
  ["TRANSFER_STATUS", { status: 501 }, 1],
  ["TRANSFER_STATUS", { status: 400 }, 1],
  ["TRANSFER_UNREACHABLE", {}, 3],
  ["TRANSFER_ANSWER_INVALID", {}, 3],
  ["TRANSFER_HOST_UNKNOWN", {}, 1],
  ["TRANSFER_TLS", {}, 1],
  ["TRANSFER_NOT_FOUND", {}, 1],
  ["TRANSFER_FORBIDDEN", {}, 1],
  ["TRANSFER_ADDRESS_REFUSED", {}, 1],
  ["TRANSFER_HTML_PAGE", {}, 1],
])("%s %o is tried %i times", async ([code, facts, expected]) => {
  const count = await tries(failure(code, facts));
  expect(count).toBe(expected);
});

test("a host that was there will be there again", async () => {
  for (const code of ["TRANSFER_UNREACHABLE", "TRANSFER_HOST_UNKNOWN", "TRANSFER_TLS"] as const) {
    const patience = new Patience(settings);
    patience.progressed(1);
    expect(await tries(failure(code), patience)).toBe(4);
  }
});

test("what brings a mebibyte of new bytes counts from the start again", async () => {
  const patience = new Patience(settings);
  for (let round = 0; round < 20; round += 1) {
    await patience.after(failure("TRANSFER_BROKEN_OFF"), signal);
    patience.progressed(1024 * 1024);
  }
  expect(patience).toMatchObject({ attempts: 21, movedBytes: 20 * 1024 * 1024 });
});

test("what comes again is nothing new", async () => {
  const patience = new Patience(settings);
  const again = async (): Promise<void> => {
    patience.reached(2 * 1024 * 1024);
    await patience.after(failure("TRANSFER_BROKEN_OFF"), signal);
  };
  for (const _ of [1, 2, 3]) await again();
  await expect(again()).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
});

test("connections that fail while one waits count as one", async () => {
  const patience = new Patience(settings);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(Array.from({ length: 8 }, () => patience.after(failure("TRANSFER_BROKEN_OFF"), signal)));
  }
  expect(patience.attempts).toBe(4);
});

test("waits are drawn from 0 up to a bound that doubles, and has an end", async () => {
  const bounds: number[] = [];
  const patience = new Patience({
    ...settings,
    maxRetries: 6,
    baseDelayMs: 2,
    maxDelayMs: 9,
    random: () => 1,
  });
  for (let round = 0; round < 6; round += 1) {
    const startedMs = performance.now();
    await patience.after(failure("TRANSFER_BROKEN_OFF"), signal);
    bounds.push(performance.now() - startedMs);
  }
  for (const [index, least] of [2, 4, 8, 9, 9, 9].entries()) expect(bounds[index]).toBeGreaterThanOrEqual(least - 1);
});

test("what a server asks to wait is waited, and not if it is too long", async () => {
  const patience = new Patience(settings);
  const startedMs = performance.now();
  await patience.after(failure("TRANSFER_RATE_LIMITED", { retryAfterSeconds: 0.05 }), signal);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(49);
  await expect(
    patience.after(failure("TRANSFER_STATUS", { status: 503, retryAfterSeconds: 60 }), signal),
  ).rejects.toMatchObject({
    code: "TRANSFER_RATE_LIMITED",
    facts: { retryAfterSeconds: 60 },
  });
});

test("an abort ends the wait, with its own reason", async () => {
  const controller = new AbortController();
  const waiting = new Patience({ ...settings, baseDelayMs: 60_000, maxDelayMs: 60_000, random: () => 1 }).after(
    failure("TRANSFER_BROKEN_OFF"),
    controller.signal,
  );
  controller.abort("enough");
  await expect(waiting).rejects.toBe("enough");
});

test("what is no failure of a transfer is never tried again", async () => {
  expect(await tries(new Error("a bug"))).toBe(1);
});
