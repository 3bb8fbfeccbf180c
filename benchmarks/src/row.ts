/** One line of the table. */
export interface Row {
  readonly work: string;
  readonly bar: string;
  /** What was measured, in the terms of the bar. */
  readonly result: string;
  readonly isMet: boolean;
}

export interface BenchmarkOptions {
  /** Rounds of those that compare several tools. */
  readonly rounds: number;
  /** Of the file that those with a server of their own kind (a registry, a bucket) transfer. */
  readonly sizeMb: number;
  /** Where a chart is drawn. */
  readonly chartPath: string;
}

export type Benchmark = (options: BenchmarkOptions) => Promise<readonly Row[]>;

/** `1 GiB`, `64 MiB`. */
export function sizeName(sizeMb: number): string {
  return sizeMb % 1_024 === 0 ? `${sizeMb / 1_024} GiB` : `${sizeMb} MiB`;
}
