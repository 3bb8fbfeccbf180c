import type { RegisterTest } from "../kit/register-test.ts";

export interface ContractRun {
  readonly names: readonly string[];
  /** Errors by name of the test, its prefix (`CatalogStore: `) left out. */
  readonly failures: ReadonlyMap<string, unknown>;
}

/**
 * A runner that keeps what it is told, and then says which tests fail.
 * @param only names of the tests to run. @default all
 */
export async function runContract(
  register: (test: RegisterTest) => void,
  only?: readonly string[],
): Promise<ContractRun> {
  const tests: { name: string; run: () => Promise<void> | void }[] = [];
  register((name, run) => tests.push({ name: name.replace(/^\w+: /, ""), run }));
  const failures = new Map<string, unknown>();
  for (const { name, run } of tests) {
    if (only?.includes(name) === false) continue;
    try {
      await run();
    } catch (error) {
      failures.set(name, error);
    }
  }
  return { names: tests.map(({ name }) => name), failures };
}
