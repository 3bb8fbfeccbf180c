import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Slabs } from "./slabs.ts";

const kibibyte = 1024;
const bulk = 1024 * kibibyte;

interface Watched {
  readonly slabs: Slabs;
  readonly events: string[];
}

function watched(): Watched {
  const events: string[] = [];
  const slabs = new Slabs({ onFull: () => void events.push("full"), onRoom: () => void events.push("room") });
  return { slabs, events };
}

/** As a socket reads: into what there is room for. */
function receive(slabs: Slabs, bytes: Uint8Array): void {
  for (let from = 0; from < bytes.length;) {
    const read = Math.min(slabs.space().length, bytes.length - from);
    slabs.space().set(bytes.subarray(from, from + read));
    slabs.filled(read);
    from += read;
  }
}

/** Bytes that differ from those at other offsets. */
function numbered(length: number, from = 0): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (from + index) % 251;
  return bytes;
}

describe("take", () => {
  test("at most as much as is asked for, and the rest by the next ones", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.from("abcdef"));
    expect(String(await slabs.take(4))).toBe("abcd");
    expect(String(await slabs.take(2))).toBe("ef");
    expect(slabs.isEmpty).toBe(true);
  });

  test("waits until there is as much as is asked for", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.from("ab"));
    let isTaken = false;
    const taken = slabs.take(4).finally(() => (isTaken = true));
    await Promise.resolve();
    receive(slabs, Buffer.from("c"));
    await new Promise(setImmediate);
    expect(isTaken).toBe(false);
    receive(slabs, Buffer.from("de"));
    expect(String(await taken)).toBe("abcd");
  });

  test("hands out a full one, though more is asked for", async () => {
    const { slabs } = watched();
    const bytes = numbered(64 * kibibyte);
    receive(slabs, bytes);
    const first = await slabs.take(Infinity);
    expect(first.length).toBeGreaterThan(32 * kibibyte);
    expect(first.equals(bytes.subarray(0, first.length))).toBe(true);
  });

  test("hands out what there is when flushed, once", async () => {
    const { slabs } = watched();
    const taken = slabs.take(100);
    receive(slabs, Buffer.from("ab"));
    slabs.flush();
    expect(String(await taken)).toBe("ab");
    receive(slabs, Buffer.from("c"));
    const next = slabs.take(2);
    receive(slabs, Buffer.from("d"));
    expect(String(await next)).toBe("cd");
  });

  test("after a proper end hands out what came before, then nothing", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.from("ab"));
    slabs.end(undefined);
    slabs.end(new Error("too late to matter"));
    expect(String(await slabs.take(100))).toBe("ab");
    expect(await slabs.take(100)).toHaveLength(0);
    expect(await slabs.take(100)).toHaveLength(0);
  });

  test.each([new Error("broken"), null, "a text"])(
    "after a failure hands out what came before, then fails: %s",
    async (why) => {
      const { slabs } = watched();
      receive(slabs, Buffer.from("ab"));
      slabs.end(why);
      expect(String(await slabs.take(100))).toBe("ab");
      await expect(slabs.take(100)).rejects.toBe(why);
      await expect(slabs.takeThrough("\n", 100)).rejects.toBe(why);
    },
  );

  test("who waits is told of the end", async () => {
    const { slabs } = watched();
    const failed = slabs.take(1);
    const why = new Error("broken");
    slabs.end(why);
    await expect(failed).rejects.toBe(why);
  });
});

describe("takeThrough", () => {
  test("up to and with the mark, and leaves what follows", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.from("one\r\ntwo\r\nrest"));
    expect(String(await slabs.takeThrough("\r\n", 100))).toBe("one\r\n");
    expect(String(await slabs.takeThrough("\r\n", 100))).toBe("two\r\n");
    expect(String(await slabs.take(4))).toBe("rest");
  });

  test("finds a mark that comes in parts", async () => {
    const { slabs } = watched();
    const taken = slabs.takeThrough("\r\n\r\n", 100);
    for (const part of ["a\r", "\n", "\r", "\nb"]) {
      receive(slabs, Buffer.from(part));
      await new Promise(setImmediate);
    }
    expect(String(await taken)).toBe("a\r\n\r\n");
    expect(String(await slabs.take(1))).toBe("b");
  });

  test("finds it at every place around the border of two slabs", async () => {
    const slack = 8 * kibibyte;
    for (let before = -4; before <= 4; before += 1) {
      const { slabs } = watched();
      const skipped = numbered(56 * kibibyte - 100);
      receive(slabs, skipped);
      expect((await slabs.take(skipped.length)).equals(skipped)).toBe(true);
      const line = `${"x".repeat(100 + before)}\r\n`;
      receive(slabs, Buffer.from(line.slice(0, 100 + before)));
      receive(slabs, Buffer.from(`${line.slice(100 + before)}rest`));
      expect(String(await slabs.takeThrough("\r\n", slack))).toBe(line);
      expect(String(await slabs.take(4))).toBe("rest");
    }
  });

  test("the mark must be among the first bytes", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.from("0123456\r\n"));
    expect(await slabs.takeThrough("\r\n", 8)).toBe("too-far");
    expect(String(await slabs.takeThrough("\r\n", 9))).toBe("0123456\r\n");
  });

  test("the limit counts over slab borders", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.alloc(200 * kibibyte, "x"));
    expect(await slabs.takeThrough("\r\n", 150 * kibibyte)).toBe("too-far");
  });

  test("it ended before the mark", async () => {
    const { slabs } = watched();
    receive(slabs, Buffer.from("no mark"));
    slabs.end(undefined);
    expect(await slabs.takeThrough("\r\n", 100)).toBe("ended");
  });
});

describe("room", () => {
  test("stops reading when all are full, and goes on when one was handed out", async () => {
    const { slabs, events } = watched();
    receive(slabs, numbered(64 * kibibyte + 2 * bulk));
    expect(events).toEqual(["full"]);
    await slabs.take(Infinity); // the small one, which is not used again
    await slabs.take(Infinity);
    expect(events).toEqual(["full"]); // still lent
    await slabs.take(Infinity);
    expect(events).toEqual(["full", "room"]);
  });

  test("what comes though it is full is kept, in order", async () => {
    const { slabs, events } = watched();
    const bytes = numbered(5 * bulk);
    receive(slabs, bytes);
    slabs.end(undefined);
    expect(events[0]).toBe("full");
    const pieces: Buffer[] = [];
    for (let piece = await slabs.take(Infinity); piece.length > 0; piece = await slabs.take(Infinity)) {
      pieces.push(Buffer.from(piece));
    }
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  test("a few buffers serve any number of bytes", async () => {
    const { slabs } = watched();
    const seen = new Set<ArrayBufferLike>();
    for (let round = 0; round < 100; round += 1) {
      seen.add(slabs.space().buffer);
      receive(slabs, numbered(256 * kibibyte, round));
      for (let left = 256 * kibibyte; left > 0;) {
        const piece = await slabs.take(left);
        const at = 256 * kibibyte - left;
        expect(piece.equals(numbered(piece.length, round + at))).toBe(true);
        left -= piece.length;
      }
    }
    expect(seen.size).toBeLessThanOrEqual(4);
  });

  test("one that rests gives large buffers back, and can be used again", async () => {
    const { slabs, events } = watched();
    for (let round = 0; round < 3; round += 1) {
      const bytes = numbered(64 * kibibyte + 2 * bulk, round);
      receive(slabs, bytes);
      for (let left = bytes.length; left > 0;) left -= (await slabs.take(left)).length;
      expect(slabs.isEmpty).toBe(true);
      slabs.rest();
    }
    expect(events.at(-1)).toBe("room");
  });
});

const step = fc.oneof(
  fc.record({ kind: fc.constant("receive"), bytes: fc.integer({ min: 1, max: 300 * kibibyte }) }),
  fc.record({ kind: fc.constant("append"), bytes: fc.integer({ min: 1, max: 300 * kibibyte }) }),
  fc.record({ kind: fc.constant("take"), bytes: fc.integer({ min: 1, max: 700 * kibibyte }) }),
  fc.record({ kind: fc.constant("flush"), bytes: fc.constant(0) }),
  fc.record({ kind: fc.constant("rest"), bytes: fc.constant(0) }),
);

test("every byte comes once and in order, whatever pieces it is received and taken in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { slabs } = watched();
      let received = 0;
      let taken = 0;
      let pending: Promise<void> | undefined;
      const take = async (most: number): Promise<void> => {
        const piece = await slabs.take(most);
        expect(piece.length).toBeLessThanOrEqual(most);
        expect(piece.equals(numbered(piece.length, taken))).toBe(true);
        taken += piece.length;
        piece.fill(255); // it may be changed, without any harm to what follows
        pending = undefined;
      };
      for (const { kind, bytes } of steps) {
        if (kind === "receive") receive(slabs, numbered(bytes, received));
        if (kind === "append") slabs.append(numbered(bytes, received));
        if (kind === "receive" || kind === "append") received += bytes;
        if (kind === "flush") slabs.flush();
        if (kind === "rest" && slabs.isEmpty && pending === undefined) slabs.rest();
        if (kind === "take") pending ??= take(bytes);
        await new Promise(setImmediate);
      }
      slabs.end(undefined);
      await pending;
      while (taken < received) await take(Infinity);
      expect(slabs.isEmpty).toBe(true);
    }),
    { numRuns: 60 },
  );
});
