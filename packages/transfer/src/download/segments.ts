import type { Range } from "./ranges.ts";

const mebibyte = 1024 * 1024;

/** A connection is given so much at once: long enough that asking costs little, and short enough for the hash to keep up. */
const largestBytes = 16 * mebibyte;
const smallestBytes = mebibyte;

/** What one connection is bringing. Its end may come nearer while it is under way, when another connection helps. */
export class Segment {
  /** The next byte. */
  at: number;
  /** Up to and without. */
  to: number;

  constructor({ from, to }: Range) {
    this.at = from;
    this.to = to;
  }

  get leftBytes(): number {
    return this.to - this.at;
  }
}

/**
 * Who brings what. Parts are handed out in the order of the file, so that what is here grows without holes and the hash
 * goes along; towards the end they get small, so that all connections finish together.
 */
export class Segments {
  /** Nobody's yet, in order. */
  #open: Range[];
  readonly #running = new Set<Segment>();

  constructor(missing: readonly Range[]) {
    this.#open = [...missing];
  }

  /**
   * Work for one connection.
   * @param connections that share the work: alone, one takes all up to the next part that is here.
   */
  take(connections: number): Segment | undefined {
    const [first] = this.#open;
    if (first === undefined) return this.#half();
    const bytes = connections === 1 ? Infinity : this.#shareOf(connections);
    const segment = new Segment({ from: first.from, to: Math.min(first.to, first.from + bytes) });
    if (segment.to === first.to) this.#open.shift();
    else this.#open[0] = { from: segment.to, to: first.to };
    this.#running.add(segment);
    return segment;
  }

  /** Whether another connection would find work that is worth it. */
  hasWorkFor(connections: number): boolean {
    return this.#leftBytes() >= (connections + 1) * 2 * smallestBytes;
  }

  /** Others are to help: of what is running, all but a share is for whoever comes. */
  share(connections: number): void {
    const bytes = this.#shareOf(connections);
    for (const segment of this.#running) {
      if (segment.leftBytes <= 2 * bytes) continue;
      const rest = { from: segment.at + bytes, to: segment.to };
      segment.to = rest.from;
      this.#insert(rest);
    }
  }

  /**
   * A segment that has come to its end goes on, without another request, where the next bytes are nobody's.
   * @param maySkip also where some bytes in between are not needed.
   * @returns whether there is more
   */
  extend(segment: Segment, maySkip: boolean): boolean {
    const next = this.#open.find(({ from }) => (maySkip ? from >= segment.to : from === segment.to));
    if (next === undefined) return false;
    this.#open = this.#open.filter((each) => each !== next);
    segment.at = next.from;
    segment.to = next.to;
    return true;
  }

  /** It is done, or given up: what it has not brought is for whoever comes. */
  settle(segment: Segment): void {
    this.#running.delete(segment);
    if (segment.leftBytes > 0) this.#insert({ from: segment.at, to: segment.to });
  }

  #insert(range: Range): void {
    this.#open = [...this.#open, range].toSorted((a, b) => a.from - b.from);
  }

  /** The far half of what has the longest way to go: its connection may be a slow one. */
  #half(): Segment | undefined {
    const [longest] = [...this.#running].toSorted((a, b) => b.leftBytes - a.leftBytes);
    if (longest === undefined || longest.leftBytes < 2 * smallestBytes) return undefined;
    const middle = longest.at + Math.ceil(longest.leftBytes / 2);
    const segment = new Segment({ from: middle, to: longest.to });
    longest.to = middle;
    this.#running.add(segment);
    return segment;
  }

  #shareOf(connections: number): number {
    const share = this.#leftBytes() / (connections * 4);
    return Math.round(Math.min(Math.max(share, smallestBytes), largestBytes));
  }

  #leftBytes(): number {
    const open = this.#open.reduce((sum, { from, to }) => sum + to - from, 0);
    return [...this.#running].reduce((sum, { leftBytes }) => sum + leftBytes, open);
  }
}
