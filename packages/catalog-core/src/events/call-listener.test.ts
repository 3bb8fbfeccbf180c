import { expect, test } from "vitest";
import { callListener } from "./call-listener.ts";

test("a listener is told, whatever it does", async () => {
  const told: string[] = [];
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  callListener((text) => told.push(text), "a");
  callListener((text) => {
    told.push(text);
    throw new Error("the listener broke");
  }, "b");
  callListener(async (text) => {
    told.push(text);
    throw new Error("the listener broke later");
  }, "c");
  // Unhandled rejections are told of before the next turn of the event loop.
  await new Promise((resolve) => void setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(told).toEqual(["a", "b", "c"]);
  expect(unhandled).toEqual([]);
});
