import type { Socket } from "node:net";
import { type NoMark, Slabs } from "./slabs.ts";
import { type Pace, StallWatch } from "./stall-watch.ts";

/** Ten times a second: what came and filled no buffer is handed on, and the pace is looked at. */
const tickMs = 100;

/** What a socket that is being opened reads into: see `onread` of `net.connect`. */
export interface ReadInto {
  readonly buffer: () => Buffer;
  /** @returns whether to go on reading */
  readonly callback: (bytes: number) => boolean;
}

/**
 * One connection to a server or a proxy, from which bytes are taken as they are needed. One message at a time; whoever
 * drives it says what the bytes mean.
 */
export class Connection {
  readonly #slabs = new Slabs({
    onFull: () => {
      this.#isHeld = true;
      this.#socket?.pause();
    },
    onRoom: () => {
      this.#isHeld = false;
      this.#pace?.restart();
      this.#socket?.resume();
    },
  });
  #socket: Socket | undefined;
  #isHeld = false;
  #received = 0;
  #pace: StallWatch | undefined;
  #onIdleEnd: (() => void) | undefined;
  /** How many messages it has carried: one that has carried some may have been closed by the server meanwhile. */
  uses = 0;

  /** For a socket that is opened for this connection; others give their bytes by events. */
  readonly readInto: ReadInto = {
    buffer: this.#slabs.space,
    callback: (bytes) => {
      this.#count(bytes);
      this.#slabs.filled(bytes);
      return !this.#isHeld;
    },
  };

  /** @param how `buffers`: the socket was opened with `readInto`. */
  attach(socket: Socket, how: "buffers" | "events"): void {
    this.#socket = socket;
    if (how === "events") socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    socket.on("error", this.#onError);
    // Its events came before anybody listened.
    if (socket.destroyed) this.#slabs.end(undefined);
    else if (!this.#isHeld) socket.resume();
  }

  /** Bytes that came since it was opened. */
  get receivedBytes(): number {
    return this.#received;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && !this.#socket.destroyed && this.#socket.readable;
  }

  /** Whether nothing came that was not asked for. */
  get isEmpty(): boolean {
    return this.#slabs.isEmpty;
  }

  write(bytes: string | Uint8Array): void {
    this.#socket?.write(bytes, "latin1");
  }

  /** See `Slabs.take`. */
  take(most: number): Promise<Buffer> {
    return this.#slabs.take(most);
  }

  /** See `Slabs.takeThrough`. */
  takeThrough(mark: string, limit: number): Promise<Buffer | NoMark> {
    return this.#slabs.takeThrough(mark, limit);
  }

  /**
   * From now on bytes are expected at this pace; the connection fails when they do not come.
   * @returns a function that ends the watch
   */
  expectPace(pace: Pace): () => void {
    const watch = new StallWatch(pace);
    this.#pace = watch;
    const timer = setInterval(
      () => {
        this.#slabs.flush();
        if (this.#isHeld) watch.restart();
        else if (watch.isStalledAt(performance.now())) this.destroy(pace.error(watch.windowBytes));
      },
      Math.min(tickMs, pace.windowMs / 10),
    );
    return () => {
      clearInterval(timer);
      this.#pace = undefined;
    };
  }

  /** It waits for its next message: it neither keeps the process alive nor holds large buffers. */
  rest(onEnd: () => void): void {
    this.#onIdleEnd = onEnd;
    this.#slabs.rest();
    this.#socket?.unref();
  }

  wake(): void {
    this.#onIdleEnd = undefined;
    this.#socket?.ref();
  }

  /** Gives up the socket, which has brought nothing that was not taken, to whoever speaks another protocol on it. */
  release(): Socket {
    const socket = this.#socket;
    if (socket === undefined) throw new TypeError("a connection without a socket");
    this.#socket = undefined;
    socket.pause();
    socket.off("data", this.#onData);
    socket.off("end", this.#onEnd);
    socket.off("close", this.#onEnd);
    socket.off("error", this.#onError);
    return socket;
  }

  /** Closes it at once; whoever waits for its bytes gets the error. */
  destroy(error?: unknown): void {
    this.#slabs.end(error);
    this.#socket?.destroy();
  }

  #count(bytes: number): void {
    this.#received += bytes;
    this.#pace?.note(bytes);
    // Whatever comes while nothing was asked for: it is no answer.
    this.#onIdleEnd?.();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#count(chunk.length);
    this.#slabs.append(chunk);
  };

  readonly #onEnd = (): void => {
    this.#slabs.end(undefined);
    this.#onIdleEnd?.();
  };

  readonly #onError = (error: unknown): void => {
    this.#slabs.end(error);
    this.#onIdleEnd?.();
  };
}
