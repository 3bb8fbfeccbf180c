import { fileFetcherError } from "./errors.ts";

export interface FileFetcherOptions {
  /**
   * What becomes of a model: `in-place` uses it where it lies, and the user looks after it; `copy` brings it into
   * managed storage, where nothing that happens to the user's own file touches it.
   * @default "in-place"
   */
  readonly stage?: "in-place" | "copy";
}

const stages = ["in-place", "copy"] as const;

/** @throws ModelError `FILE_OPTION_INVALID` */
export function parseFileFetcherOptions({ stage = "in-place" }: FileFetcherOptions): Required<FileFetcherOptions> {
  if (stages.includes(stage)) return Object.freeze({ stage });
  throw fileFetcherError("FILE_OPTION_INVALID", {
    message: `The option stage of fileFetcher is ${JSON.stringify(stage)}, which it may not be.`,
    hint: `Allowed are ${stages.map((allowed) => `"${allowed}"`).join(" and ")}; left out, it is "in-place".`,
    facts: { option: "stage", allowed: stages },
  });
}
