/**
 * Bytes read before they are handed on, which is what is written to the disk at once. Fewer are more calls, and more changes of threads.
 * What keeps copies to half of it (`fetcher-file`, copy-work.ts) does not happen here: behind the head of an answer, no write begins where a
 * megabyte does, so that none needs a page of that size.
 */
const bulkBytes = 1024 * 1024;

/** Enough for the head of an answer and a small body; a connection that only asks questions never has more. */
const smallBytes = 64 * 1024;

/** One is being written, one is full and waits, one is being read into. */
const bulkSlabs = 3;

interface Slab {
  readonly buffer: Buffer;
  /** What was received and not handed out yet: `[from, to)`. */
  from: number;
  to: number;
}

/** It is not among so many bytes; or the connection ended, properly, before it. */
export type NoMark = "too-far" | "ended";

export interface SlabEvents {
  /** No slab is free: stop reading. What still comes finds room all the same. */
  readonly onFull: () => void;
  /** A slab is free again. */
  readonly onRoom: () => void;
}

/**
 * What a socket reads into: a few buffers, used over and over, so that the bytes of a model are neither allocated nor
 * copied one read at a time. The socket fills one while what was filled before is written.
 */
export class Slabs {
  readonly #events: SlabEvents;
  #current: Slab = newSlab(smallBytes);
  /** Full ones, oldest first. */
  #ready: Slab[] = [];
  #free: Slab[] = [];
  #allocated = 0;
  #lent: Slab | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;
  #isFlushed = false;
  #isFull = false;
  #end: { readonly error: unknown } | undefined;

  constructor(events: SlabEvents) {
    this.#events = events;
  }

  /** Where the next read goes: the socket holds on to it until then, whatever else happens. */
  readonly space = (): Buffer => this.#current.buffer.subarray(this.#current.to);

  /** So many bytes were read into `space`. */
  filled(bytes: number): void {
    this.#current.to += bytes;
    if (this.#current.buffer.length - this.#current.to < slackOf(this.#current)) this.#rotate();
    this.#wake();
  }

  /** For what comes in buffers of its own. */
  append(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(this.space(), 0, from);
      from += copied;
      this.filled(copied);
    }
  }

  /** Nothing more comes: `undefined` for a proper end. What has come before can still be taken. */
  end(error: unknown): void {
    this.#end ??= { error };
    this.#wake();
  }

  /** Hands out what there is, however little. */
  flush(): void {
    this.#isFlushed = true;
    this.#wake();
  }

  /**
   * The next bytes, in the order in which they came: at most `most`, and so many if a slab holds them, or one slab full, or
   * what there is when flushed. They may be used, and changed, until the next call. Empty at a proper end.
   * @throws what the connection failed with
   */
  async take(most: number): Promise<Buffer> {
    this.#release();
    for (;;) {
      const slab = this.#ready[0] ?? this.#current;
      const held = slab.to - slab.from;
      const isDue = slab !== this.#current || held >= most || this.#isFlushed || this.#end !== undefined;
      if (held > 0 && isDue) return this.#lend(slab, Math.min(held, most));
      if (this.#end !== undefined) return this.#ended();
      await this.#more();
    }
  }

  /**
   * Bytes up to and with a mark, which must come among the first `limit`.
   * @throws what the connection failed with
   */
  async takeThrough(mark: string, limit: number): Promise<Buffer | NoMark> {
    this.#release();
    let before: Buffer = Buffer.alloc(0);
    for (;;) {
      const slab = this.#ready[0] ?? this.#current;
      const here = slab.buffer.subarray(slab.from, Math.min(slab.to, slab.from + limit - before.length));
      const held = before.length === 0 ? here : Buffer.concat([before, here]);
      const at = held.indexOf(mark, 0, "latin1");
      if (at >= 0) {
        const length = at + mark.length;
        slab.from += length - before.length;
        const taken = Buffer.from(held.subarray(0, length));
        if (slab !== this.#current && slab.from === slab.to) this.#recycle();
        return taken;
      }
      if (held.length >= limit) return "too-far";
      if (slab !== this.#current) {
        before = Buffer.from(held);
        slab.from = slab.to;
        this.#recycle();
      } else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return "ended";
      } else {
        await this.#more();
      }
    }
  }

  /** Whether everything that came was handed out. */
  get isEmpty(): boolean {
    return this.#ready.length === 0 && this.#current.from === this.#current.to;
  }

  /** Gives the large buffers back, until there is use for them again. */
  rest(): void {
    this.#release();
    this.#allocated -= this.#free.length;
    this.#free = [];
  }

  #lend(slab: Slab, bytes: number): Buffer {
    const piece = slab.buffer.subarray(slab.from, slab.from + bytes);
    slab.from += bytes;
    this.#isFlushed = false;
    this.#lent = slab;
    if (slab !== this.#current && slab.from === slab.to) this.#ready.shift();
    return piece;
  }

  #release(): void {
    const slab = this.#lent;
    this.#lent = undefined;
    if (slab === undefined || slab === this.#current || this.#ready.includes(slab)) return;
    this.#giveBack(slab);
  }

  #recycle(): void {
    const slab = this.#ready.shift();
    if (slab !== undefined) this.#giveBack(slab);
  }

  #giveBack(slab: Slab): void {
    // The small one has served its time.
    if (slab.buffer.length === bulkBytes) {
      slab.from = 0;
      slab.to = 0;
      this.#free.push(slab);
    }
    if (!this.#isFull || !this.#hasRoom()) return;
    this.#isFull = false;
    this.#events.onRoom();
  }

  /** One that is not yet taken may be pushed aside by more: TLS has decrypted what it has decrypted, and stops only then. */
  #rotate(): void {
    this.#ready.push(this.#current);
    this.#current = this.#free.pop() ?? this.#allocate();
    if (this.#hasRoom()) return;
    this.#isFull = true;
    this.#events.onFull();
  }

  /** For one more, when the current one is full. */
  #hasRoom(): boolean {
    return this.#free.length > 0 || this.#allocated < bulkSlabs;
  }

  #allocate(): Slab {
    this.#allocated += 1;
    return newSlab(bulkBytes);
  }

  #ended(): Buffer {
    if (this.#end?.error !== undefined) throw this.#end.error;
    return Buffer.alloc(0);
  }

  #more(): Promise<void> {
    this.#waiting ??= Promise.withResolvers<void>();
    return this.#waiting.promise;
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}

function newSlab(bytes: number): Slab {
  return { buffer: Buffer.allocUnsafeSlow(bytes), from: 0, to: 0 };
}

/** A read into less than this costs more than the room is worth. */
function slackOf({ buffer }: Slab): number {
  return buffer.length / 8;
}
