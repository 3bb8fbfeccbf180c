/** One line of the table. */
export interface Row {
  readonly work: string;
  readonly bar: string;
  /** What was measured, in the terms of the bar. */
  readonly result: string;
  readonly isMet: boolean;
}

export type Benchmark = () => Promise<readonly Row[]>;
