import { describe, expect, test } from "vitest";
import { contentOf, type FaultEffect } from "../../../../tools/fault-server/src/index.ts";
import { bodyOf, get, open, serve } from "../testing/serve.ts";
import { framingOf, parseLength } from "./framing.ts";
import { parseResponseHead } from "./response-head.ts";

const url = new URL("https://models.test/model.gguf");
const file = { sizeBytes: 300_000, seed: "framing" };
const invalid: unknown = expect.objectContaining({ code: "TRANSFER_ANSWER_INVALID" });

function framing(method: string, status: number, ...lines: readonly string[]): ReturnType<typeof framingOf> {
  return framingOf(parseResponseHead([`HTTP/1.1 ${status} X`, ...lines, "", ""].join("\r\n"), url), method, url);
}

test.each([
  ["GET", 200, ["Content-Length: 5"], { kind: "length", bytes: 5 }],
  ["GET", 200, ["Content-Length: 5, 5"], { kind: "length", bytes: 5 }],
  ["GET", 200, ["Content-Length: 5", "Content-Length: 5"], { kind: "length", bytes: 5 }],
  ["GET", 200, ["Transfer-Encoding: Chunked"], { kind: "chunked" }],
  ["GET", 200, [], { kind: "until-close" }],
  ["HEAD", 200, ["Content-Length: 5"], { kind: "length", bytes: 0 }],
  ["HEAD", 200, ["Transfer-Encoding: chunked"], { kind: "length", bytes: 0 }],
  ["GET", 204, [], { kind: "length", bytes: 0 }],
  ["GET", 304, ["Content-Length: 5"], { kind: "length", bytes: 0 }],
] as const)("%s %i %j", (method, status, lines, expected) => {
  expect(framing(method, status, ...lines)).toEqual(expected);
});

test.each([
  ["Content-Length: 5", "Transfer-Encoding: chunked"],
  ["Transfer-Encoding: gzip, chunked"],
  ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
  ["Transfer-Encoding: identity"],
  ["Content-Length: 5, 6"],
  ["Content-Length: "],
])("refused: %s %s", (...lines) => {
  expect(() => framing("GET", 200, ...lines)).toThrow(invalid);
});

test.each(["", "-1", "+1", "1.5", "1e3", "0x10", "5 5", "5;", "9".repeat(16), "Infinity"])(
  "%j is no length",
  (text) => {
    expect(() => parseLength(text, url)).toThrow(invalid);
  },
);

describe("bodies that are right", () => {
  test.each<readonly [string, readonly FaultEffect[]]>([
    ["a length", []],
    ["chunks", [{ kind: "chunked" }]],
    ["chunks of one byte", [{ kind: "chunked", chunkBytes: 1 }]],
    ["chunks larger than any buffer", [{ kind: "chunked", chunkBytes: 1_500_000 }]],
    [
      "extensions and trailers",
      [{ kind: "chunked", extensions: ';name="a;b"', trailers: { "X-Sum": "1", "X-B": "2" } }],
    ],
    ["the end of the connection", [{ kind: "no-length" }]],
    ["the end of the connection, in HTTP/1.0", [{ kind: "no-length", httpVersion: "1.0" }]],
  ])("%s", async (what, faults) => {
    const sizeBytes = what.endsWith("one byte") ? 2_000 : 2_000_000;
    await using served = await serve();
    served.server.put("/f", { content: { ...file, sizeBytes } });
    for (const fault of faults) served.server.inject(fault);
    const { body } = await get(served.client, `${served.server.origin}/f`);
    expect(body.equals(contentOf({ ...file, sizeBytes }))).toBe(true);
  });
});

describe("bodies that are not", () => {
  test.each<readonly [string, FaultEffect, string]>([
    ["shorter than its length", { kind: "content-length", bytes: 300_001 }, "TRANSFER_BROKEN_OFF"],
    ["cut", { kind: "cut", afterBytes: 100_000 }, "TRANSFER_BROKEN_OFF"],
    ["reset", { kind: "cut", afterBytes: 100_000, how: "reset" }, "TRANSFER_BROKEN_OFF"],
    ["cut within a chunk", { kind: "chunked-truncated", afterBytes: 100_000 }, "TRANSFER_BROKEN_OFF"],
    ["cut between chunks", { kind: "chunked-truncated", afterBytes: 300_000 }, "TRANSFER_BROKEN_OFF"],
    ["a chunk size that is no number", { kind: "chunked-malformed", what: "size" }, "TRANSFER_ANSWER_INVALID"],
    ["a chunk size beyond all numbers", { kind: "chunked-malformed", what: "huge" }, "TRANSFER_ANSWER_INVALID"],
    ["a chunk without an end", { kind: "chunked-malformed", what: "end" }, "TRANSFER_ANSWER_INVALID"],
    ["a length and chunks", { kind: "length-and-chunked" }, "TRANSFER_ANSWER_INVALID"],
    ["two lengths", { kind: "content-length-twice", values: [300_000, 299_999] }, "TRANSFER_ANSWER_INVALID"],
  ])("%s", async (_, fault, code) => {
    await using served = await serve();
    served.server.put("/f", { content: file });
    served.server.inject(fault);
    await expect(get(served.client, `${served.server.origin}/f`)).rejects.toMatchObject({ code });
    await served.server.allConnectionsClosed();
  });

  test.each([
    ["a line without an end", `1${"0".repeat(5_000)}`, "TRANSFER_ANSWER_INVALID"],
    ["an extension without an end", `1;${"x".repeat(5_000)}`, "TRANSFER_ANSWER_INVALID"],
    ["a line that ends in LF alone", "1\nx\n0\n\n", "TRANSFER_BROKEN_OFF"],
    ["a negative size", "-1\r\nx\r\n", "TRANSFER_ANSWER_INVALID"],
    ["an empty size", "\r\nx\r\n", "TRANSFER_ANSWER_INVALID"],
    ["trailers without an end", `0\r\n${"X-A: b\r\n".repeat(1_000)}`, "TRANSFER_ANSWER_INVALID"],
  ])("chunks with %s", async (_, text, code) => {
    await using served = await serve();
    served.server.route("/f", async (_request, wire) => {
      await wire.write(Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`));
      wire.end("fin");
    });
    await expect(get(served.client, `${served.server.origin}/f`)).rejects.toMatchObject({ code });
  });
});

test("a connection that brings more than its message is not used again", async () => {
  await using served = await serve();
  served.server.put("/f", { content: file });
  served.server.inject({
    kind: "surplus",
    bytes: Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"),
    times: 1,
  });
  for (let round = 0; round < 3; round += 1) {
    const { body } = await get(served.client, `${served.server.origin}/f`);
    expect(body.equals(contentOf(file))).toBe(true);
  }
  expect(served.server.requests.map(({ connection }) => connection)).toEqual([1, 2, 2]);
});

test("a body is read once, and not after the answer is disposed of", async () => {
  await using served = await serve();
  served.server.put("/f", { content: file });
  await using answer = await open(served.client, `${served.server.origin}/f`);
  expect(await bodyOf(answer)).toHaveLength(file.sizeBytes);
  await expect(bodyOf(answer)).rejects.toThrow(TypeError);
  const unread = await open(served.client, `${served.server.origin}/f`);
  await unread[Symbol.asyncDispose]();
  await expect(bodyOf(unread)).rejects.toThrow(TypeError);
});
