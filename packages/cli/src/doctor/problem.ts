/** Something that wants attention. Two sentences: what it is, and what to do. */
export interface Problem {
  readonly text: string;
  readonly hint: string;
}
