/** How a runner is told of a test: `test` of vitest or node:test, `it` of mocha, or your own. */
export type RegisterTest = (name: string, run: () => Promise<void> | void) => unknown;
