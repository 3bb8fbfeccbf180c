import { expect, onTestFinished } from "vitest";
import { type FsCall, interceptFs } from "../../../../tools/crash-harness/src/index.ts";

/** The file system calls below a folder, from now on until the test has finished, as `name path`. */
export async function recordCalls(folder: string): Promise<readonly string[]> {
  const calls: string[] = [];
  await beforeEachCall(folder, async ({ name, path }) => void calls.push(`${name} ${path.replaceAll("\\", "/")}`));
  return calls;
}

/** Does something before each file system call below a folder, which waits for it, until the test has finished. */
export async function beforeEachCall(folder: string, work: (call: FsCall) => Promise<void>): Promise<void> {
  const stop = await interceptFs(folder, work);
  onTestFinished(stop);
}

/** That there are calls which match these patterns, each after the one before. */
export function expectOrder(calls: readonly string[], patterns: readonly RegExp[]): void {
  let rest = calls;
  for (const pattern of patterns) {
    const index = rest.findIndex((call) => pattern.test(call));
    expect(index, `${String(pattern)} among\n${rest.join("\n")}`).not.toBe(-1);
    rest = rest.slice(index + 1);
  }
}
