import type { RegisterTest } from "../kit/register-test.ts";
import { abortCases } from "./abort-cases.ts";
import { errorCases } from "./error-cases.ts";
import { fetchCases } from "./fetch-cases.ts";
import { withFetcherBench } from "./fetcher-bench.ts";
import { type ModelFetcherSupports, parseSupports } from "./fetcher-supports.ts";
import type { FetcherSetup } from "./fetcher-setup.ts";
import { planCases } from "./plan-cases.ts";
import { progressCases } from "./progress-cases.ts";
import { shapeCases } from "./shape-cases.ts";

export interface ModelFetcherContractOptions {
  /** Registers one test with your runner. */
  readonly test: RegisterTest;
  /**
   * Called for each test. `directory` is an empty folder for the source: `plan` and `fetch` must leave it as the
   * factory made it. It is removed after the test.
   */
  factory(directory: string): FetcherSetup | Promise<FetcherSetup>;
  readonly supports?: ModelFetcherSupports;
  /** How long an aborted fetch may take to give up before the suite calls it stuck. In ms. @default 3_000 */
  readonly abortDeadlineMs?: number;
}

/** Registers the tests that every `ModelFetcher` must pass. */
export function modelFetcherContract(options: ModelFetcherContractOptions): void {
  const supports = parseSupports(options.supports);
  const rules = { supports, abortDeadlineMs: options.abortDeadlineMs ?? 3_000 };
  const cases = {
    ...shapeCases(supports),
    ...planCases(supports),
    ...fetchCases(supports),
    ...progressCases(supports),
    ...errorCases(supports),
    ...abortCases(supports),
  };
  for (const [name, run] of Object.entries(cases)) {
    options.test(`ModelFetcher: ${name}`, () => withFetcherBench(options, rules, run));
  }
}
