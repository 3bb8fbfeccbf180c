import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Connection } from "./connection.ts";
import { type Pace, StallWatch } from "./stall-watch.ts";

const pace: Pace = { minBytesPerSecond: 100, windowMs: 1_000, error: (bytes) => new Error(`${bytes} bytes`) };

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

describe("the watch", () => {
  /** So many looks, with these bytes before each; whether it was stalled at the last one. */
  function after(looks: number, bytesEach: number, everyMs = 100): boolean {
    const watch = new StallWatch(pace);
    let isStalled = false;
    for (let look = 0; look < looks; look += 1) {
      watch.note(bytesEach);
      vi.advanceTimersByTime(everyMs);
      isStalled ||= watch.isStalledAt(performance.now());
    }
    return isStalled;
  }

  test.each([
    ["silence is a stall after one window", 10, 0, true],
    ["and not before", 9, 0, false],
    ["so are too few bytes", 10, 9, true],
    ["enough of them are none, for any time", 1_000, 10, false],
  ])("%s", (_, looks, bytes, expected) => {
    expect(after(looks, bytes)).toBe(expected);
  });

  test("what came long ago does not count", () => {
    const watch = new StallWatch(pace);
    watch.note(1_000_000);
    const stalled = Array.from({ length: 11 }, () => {
      vi.advanceTimersByTime(100);
      return watch.isStalledAt(performance.now());
    });
    expect(stalled).toEqual([...Array.from({ length: 10 }, () => false), true]);
  });

  test("timers that go off somewhat early do not make the window twice as long", () => {
    expect(after(10, 0, 99.5)).toBe(true);
  });

  test("the time in which this process was stopped does not count", () => {
    const watch = new StallWatch(pace);
    for (let look = 0; look < 9; look += 1) {
      vi.advanceTimersByTime(100);
      expect(watch.isStalledAt(performance.now())).toBe(false);
    }
    vi.advanceTimersByTime(3_600_000);
    expect(watch.isStalledAt(performance.now())).toBe(false);
    expect(watch.windowBytes).toBe(0);
  });
});

describe("a connection", () => {
  function connected(): { readonly connection: Connection; readonly socket: Socket } {
    const connection = new Connection();
    const socket = new Socket();
    connection.attach(socket, "events");
    return { connection, socket };
  }

  test("that is silent fails with the error of its pace", async () => {
    const { connection, socket } = connected();
    connection.expectPace(pace);
    const failed = connection.take(1);
    vi.advanceTimersByTime(1_200);
    await expect(failed).rejects.toThrow("0 bytes");
    expect(socket.destroyed).toBe(true);
  });

  test("whose bytes nobody takes is not stalled, for however long", async () => {
    const { connection, socket } = connected();
    connection.expectPace(pace);
    socket.emit("data", Buffer.alloc(4_000_000));
    expect(socket.isPaused()).toBe(true);
    vi.advanceTimersByTime(3_600_000);
    expect(connection.isOpen).toBe(true);
    // Nor is it at once when they are taken.
    for (let left = 4_000_000; left > 0;) left -= (await connection.take(left)).length;
    vi.advanceTimersByTime(900);
    expect(connection.isOpen).toBe(true);
    vi.advanceTimersByTime(400);
    expect(connection.isOpen).toBe(false);
  });

  test("whose last bytes wait to be taken loses none of them", async () => {
    const { connection, socket } = connected();
    connection.expectPace(pace);
    socket.emit("data", Buffer.from("the rest"));
    vi.advanceTimersByTime(10_000);
    expect(String(await connection.take(8))).toBe("the rest");
  });

  test("is not watched any more when nothing is expected", () => {
    const { connection } = connected();
    connection.expectPace(pace)();
    vi.advanceTimersByTime(10_000);
    expect(connection.isOpen).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("whose socket is gone before it is attached has ended", async () => {
    const connection = new Connection();
    const socket = new Socket();
    socket.destroy();
    connection.attach(socket, "events");
    expect(await connection.take(1)).toHaveLength(0);
  });
});
