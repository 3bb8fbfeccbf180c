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
  /** Where a chart is drawn. */
  readonly chartPath: string;
}

export type Benchmark = (options: BenchmarkOptions) => Promise<readonly Row[]>;
