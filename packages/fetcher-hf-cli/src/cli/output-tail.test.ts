import { once } from "node:events";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { keepTail } from "./output-tail.ts";

test("keeps the last 64 KiB, however they come", async () => {
  const stream = new PassThrough();
  const tail = keepTail(stream);
  const all = Buffer.from(Array.from({ length: 40_000 }, (_, line) => `line ${line}\n`).join(""));
  for (let from = 0, size = 1; from < all.length; from += size, size = (size * 7 + 3) % 50_000) {
    stream.write(all.subarray(from, from + size));
  }
  stream.end();
  await once(stream, "end");
  expect(tail.text()).toBe(all.subarray(-64 * 1024).toString());
});

test("a stream that is absent says nothing", () => {
  expect(keepTail(undefined).text()).toBe("");
});
