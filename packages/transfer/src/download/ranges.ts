/** A part of a file: from the first byte up to and without `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Which bytes of a file are here: parts that neither overlap nor touch, in order. */
export class Ranges {
  #parts: Range[] = [];

  constructor(parts: Iterable<Range> = []) {
    for (const part of parts) this.add(part);
  }

  get parts(): readonly Range[] {
    return this.#parts;
  }

  get bytes(): number {
    return this.#parts.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** So many of the first bytes are here without a hole. */
  get frontier(): number {
    const [first] = this.#parts;
    return first?.from === 0 ? first.to : 0;
  }

  add({ from, to }: Range): void {
    if (to <= from) return;
    // Almost always it goes on where the same writer left off.
    const before = this.#parts.findIndex((part) => part.to >= from);
    if (before < 0) {
      this.#parts.push({ from, to });
      return;
    }
    let end = before;
    let [start, stop] = [from, to];
    for (let part = this.#parts[end]; part !== undefined && part.from <= to; part = this.#parts[(end += 1)]) {
      start = Math.min(start, part.from);
      stop = Math.max(stop, part.to);
    }
    this.#parts.splice(before, end - before, { from: start, to: stop });
  }

  /** The parts of the first `total` bytes that are not here, in order. */
  missing(total: number): Range[] {
    const missing: Range[] = [];
    let at = 0;
    for (const { from, to } of this.#parts) {
      if (from > at) missing.push({ from: at, to: Math.min(from, total) });
      at = to;
    }
    if (at < total) missing.push({ from: at, to: total });
    return missing.filter(({ from, to }) => from < to);
  }
}
