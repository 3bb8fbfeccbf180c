import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fileProgress } from "./file-progress.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

test("progress is reported at once, then every 50 ms at most, and at the end", () => {
  const seen: number[] = [];
  const file = { path: "a", version: { sizeBytes: 100, mtimeNs: "1", inode: "1" } };
  const report = fileProgress(file, ({ receivedBytes }) => seen.push(receivedBytes));
  for (const receivedBytes of [10, 20, 30]) report(receivedBytes);
  vi.advanceTimersByTime(49);
  report(40);
  vi.advanceTimersByTime(1);
  report(50);
  report(60);
  report(100);
  expect(seen).toEqual([10, 50, 100]);
});
